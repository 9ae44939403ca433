package io.weir.net.acme;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a client says first (RFC 8446 section 4.1.2), as far as it tells an authority from others.
 *
 * @param serverName
 *            the name that it asks for, in lower case (RFC 6066 section 3); null: none
 * @param acmeTls
 *            whether it speaks {@link Challenges#ACME_TLS} and nothing else (RFC 8737 section 4)
 */
record FirstWords(@Nullable String serverName, boolean acmeTls) {
    static final FirstWords NONE = new FirstWords(null, false);

    private static final int VERSION_AND_RANDOM = 34;
    private static final int SERVER_NAME = 0;
    private static final int PROTOCOLS = 16;

    /**
     * Reads them.
     *
     * @param hello
     *            what follows the header of the handshake message; its indices stay
     */
    static FirstWords read(ByteBuf hello) {
        try {
            ByteBuf in = hello.duplicate();
            in.skipBytes(VERSION_AND_RANDOM);
            in.skipBytes(in.readUnsignedByte()); // session id
            in.skipBytes(in.readUnsignedShort()); // ciphers
            in.skipBytes(in.readUnsignedByte()); // compression
            return in.isReadable() ? extensions(in.readSlice(in.readUnsignedShort())) : NONE;
        } catch (IndexOutOfBoundsException e) {
            return NONE; // the library will say so
        }
    }

    private static FirstWords extensions(ByteBuf extensions) {
        String name = null;
        boolean acme = false;
        while (extensions.isReadable()) {
            int type = extensions.readUnsignedShort();
            ByteBuf body = extensions.readSlice(extensions.readUnsignedShort());
            switch (type) {
                case SERVER_NAME -> {
                    body.skipBytes(Short.BYTES);
                    if (body.readUnsignedByte() == 0) {
                        name = text(body, body.readUnsignedShort()).toLowerCase(Locale.ROOT);
                    }
                }
                case PROTOCOLS -> {
                    body.skipBytes(Short.BYTES);
                    acme = text(body, body.readUnsignedByte()).equals(Challenges.ACME_TLS) && !body.isReadable();
                }
                default -> {
                    // nothing that is gone by here
                }
            }
        }
        return new FirstWords(name, acme);
    }

    private static String text(ByteBuf in, int bytes) {
        return in.readSlice(bytes).toString(StandardCharsets.US_ASCII);
    }
}
