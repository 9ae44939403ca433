package io.weir.app.chains;

import io.weir.testkit.Certificates;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** One connection of HTTP/1.1 over TLS, by the JDK's. */
final class TlsClient implements AutoCloseable {
    private final SSLSocket socket;
    private final String name;

    private TlsClient(SSLSocket socket, String name) {
        this.socket = socket;
        this.name = name;
    }

    /** Asks for the server of this name, and believes the authority. */
    static TlsClient connect(InetSocketAddress to, String name, Certificates certificates)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (var in = Files.newInputStream(certificates.authority())) {
            store.setCertificateEntry("authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        Socket plain = new Socket(to.getAddress(), to.getPort());
        plain.setSoTimeout(20_000);
        var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, name, to.getPort(), true);
        var parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return new TlsClient(socket, name);
    }

    /** The whole answer, whose body has a length. */
    String ask(String path) throws IOException {
        socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: " + name + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        var in = socket.getInputStream();
        var said = new StringBuilder();
        while (said.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the connection has ended after: " + said);
            }
            said.append((char) next);
        }
        int at = said.indexOf("content-length: ");
        int bytes = at < 0 ? 0 : Integer.parseInt(said.substring(at + 16, said.indexOf("\r\n", at)));
        return said + new String(in.readNBytes(bytes), StandardCharsets.US_ASCII);
    }

    /** Waits until it is closed by the other side. */
    boolean closed() throws IOException {
        return socket.getInputStream().read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
