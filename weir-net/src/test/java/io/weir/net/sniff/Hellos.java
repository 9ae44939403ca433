package io.weir.net.sniff;

import java.nio.ByteBuffer;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** First messages of TLS, as the JDK's own client writes them. */
final class Hellos {
    private Hellos() {}

    static byte[] of(String name, List<String> protocols) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        var parameters = engine.getSSLParameters();
        if (!name.isEmpty()) {
            parameters.setServerNames(List.of(new SNIHostName(name)));
        }
        parameters.setApplicationProtocols(protocols.toArray(new String[0]));
        engine.setSSLParameters(parameters);
        return first(engine);
    }

    private static byte[] first(SSLEngine engine) throws SSLException {
        var out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    /** The same message in records of so many bytes each. */
    static byte[] inRecords(byte[] hello, int size) {
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
