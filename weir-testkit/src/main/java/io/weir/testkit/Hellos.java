package io.weir.testkit;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** First messages of TLS, as the JDK's own client writes them. Any thread. */
public final class Hellos {
    private Hellos() {}

    /**
     * One record.
     *
     * @param name
     *            that is asked for; empty: none
     * @param protocols
     *            that are offered by ALPN
     */
    public static byte[] of(String name, String... protocols) {
        try {
            SSLEngine engine = SSLContext.getDefault().createSSLEngine();
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            if (!name.isEmpty()) {
                parameters.setServerNames(List.of(new SNIHostName(name)));
            }
            parameters.setApplicationProtocols(protocols);
            engine.setSSLParameters(parameters);
            ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            engine.wrap(ByteBuffer.allocate(0), out);
            byte[] bytes = new byte[out.position()];
            out.flip().get(bytes);
            return bytes;
        } catch (GeneralSecurityException | SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same message in records of so many bytes each. */
    public static byte[] inRecords(byte[] hello, int size) {
        int length = hello.length - 5;
        int records = Math.ceilDiv(length, size);
        var out = ByteBuffer.allocate(length + 5 * records);
        for (int at = 0; at < length; at += size) {
            int some = Math.min(size, length - at);
            out.put(hello, 0, 3).putShort((short) some).put(hello, 5 + at, some);
        }
        return out.array();
    }
}
