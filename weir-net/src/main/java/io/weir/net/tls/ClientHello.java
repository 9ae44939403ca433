package io.weir.net.tls;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a client says first (RFC 8446 section 4.1.2), as far as the choice of a certificate goes by it.
 *
 * @param serverName
 *            the name that it asks for, in lower case (RFC 6066 section 3); null: none
 * @param ecdsa
 *            whether it can check signatures by elliptic curves (RFC 8446 section 4.2.3, RFC 8422 section 5.1)
 */
record ClientHello(@Nullable String serverName, boolean ecdsa) {
    /** One that cannot be read: the library will say so. */
    static final ClientHello UNREADABLE = new ClientHello(null, false);

    private static final int VERSION_AND_RANDOM = 34;
    private static final int SERVER_NAME = 0;
    private static final int SIGNATURES = 13;
    private static final int VERSIONS = 43;
    private static final int TLS_1_3 = 0x0304;

    /**
     * Reads one.
     *
     * @param hello
     *            what follows the header of the handshake message; its indices stay
     */
    static ClientHello read(ByteBuf hello) {
        try {
            return new Reader(hello).read();
        } catch (IndexOutOfBoundsException e) {
            return UNREADABLE;
        }
    }

    /** One pass over the bytes; lengths that lie end in an IndexOutOfBoundsException. */
    private static final class Reader {
        private final ByteBuf in;
        private @Nullable String serverName;
        private boolean ecdsaSignature;
        private boolean ecdsaCipher;
        private boolean version13;

        Reader(ByteBuf hello) {
            this.in = hello.duplicate();
        }

        ClientHello read() {
            in.skipBytes(VERSION_AND_RANDOM);
            in.skipBytes(in.readUnsignedByte()); // session id
            ByteBuf ciphers = in.readSlice(in.readUnsignedShort());
            while (ciphers.readableBytes() >= Short.BYTES) {
                ecdsaCipher |= ecdsaCipher(ciphers.readUnsignedShort());
            }
            in.skipBytes(in.readUnsignedByte()); // compression
            if (in.readableBytes() >= Short.BYTES) {
                ByteBuf extensions = in.readSlice(in.readUnsignedShort());
                while (extensions.readableBytes() >= 2 * Short.BYTES) {
                    int type = extensions.readUnsignedShort();
                    extension(type, extensions.readSlice(extensions.readUnsignedShort()));
                }
            }
            return new ClientHello(serverName, ecdsaSignature && (version13 || ecdsaCipher));
        }

        private void extension(int type, ByteBuf body) {
            switch (type) {
                case SERVER_NAME -> serverName(body);
                case SIGNATURES -> {
                    ByteBuf list = body.readSlice(body.readUnsignedShort());
                    while (list.readableBytes() >= Short.BYTES) {
                        int scheme = list.readUnsignedShort();
                        ecdsaSignature |= scheme == 0x0403 || scheme == 0x0503 || scheme == 0x0603;
                    }
                }
                case VERSIONS -> {
                    ByteBuf list = body.readSlice(body.readUnsignedByte());
                    while (list.readableBytes() >= Short.BYTES) {
                        version13 |= list.readUnsignedShort() == TLS_1_3;
                    }
                }
                default -> {
                    // says nothing of certificates
                }
            }
        }

        private void serverName(ByteBuf body) {
            if (body.readableBytes() < Short.BYTES) {
                return;
            }
            ByteBuf list = body.readSlice(body.readUnsignedShort());
            while (list.readableBytes() > 1 + Short.BYTES) {
                int kind = list.readUnsignedByte();
                ByteBuf name = list.readSlice(list.readUnsignedShort());
                if (kind == 0 && serverName == null) {
                    serverName = name.toString(StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
                }
            }
        }

        /** Suites of TLS 1.2 and older whose signature is ECDSA's (RFC 8422, 5289, 7905). */
        private static boolean ecdsaCipher(int suite) {
            return suite >= 0xc006 && suite <= 0xc00a || suite == 0xc023 || suite == 0xc024 || suite == 0xc02b
                    || suite == 0xc02c || suite == 0xcca9;
        }
    }
}
