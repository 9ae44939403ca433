package io.weir.app.postgres;

import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * A host that is asked for TLS in the words of PostgreSQL, and answers as it is told. Where that is an agreement it
 * says, secured, what it has heard up to the first line's end; otherwise it goes on listening in the clear. It closes
 * then.
 */
final class TlsHost implements AutoCloseable {
    private static final String PASSWORD = "weir";
    private static final int QUESTION_BYTES = 8;
    private static final int TIMEOUT_MILLIS = 30_000;

    /** It is silent where this is its answer. */
    static final String NOTHING = "nothing";

    private final ServerSocket socket;
    private final SSLSocketFactory secures;
    private final String answer;
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private volatile boolean once;

    TlsHost(Certificates certificates, Issued identity, String answer) {
        this.answer = answer;
        try {
            secures = factory(certificates, identity);
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        Thread.ofVirtual().start(this::serve);
    }

    private static SSLSocketFactory factory(Certificates certificates, Issued identity)
            throws IOException, GeneralSecurityException {
        certificates.run("pkcs12", "-export", "-in", identity.chain().toString(), "-inkey", identity.key().toString(),
                "-out", "host.p12", "-passout", "pass:" + PASSWORD);
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(certificates.folder().resolve("host.p12"))) {
            store.load(in, PASSWORD.toCharArray());
        }
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context.getSocketFactory();
    }

    int port() {
        return socket.getLocalPort();
    }

    /**
     * What the next connection has said: in the clear, and behind a bar what it said secured, with the name asked for.
     */
    String heard() throws InterruptedException {
        String next = heard.poll(30, TimeUnit.SECONDS);
        return next == null ? "nobody came" : next;
    }

    /** Nobody listens any more when the first has come. */
    void once() {
        once = true;
    }

    private void serve() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                if (once) {
                    socket.close();
                }
                Thread.ofVirtual().start(() -> one(client));
            } catch (IOException e) {
                // the test has ended
            }
        }
    }

    private void one(Socket client) {
        var said = new StringBuilder();
        try (client) {
            client.setSoTimeout(TIMEOUT_MILLIS);
            InputStream in = client.getInputStream();
            said.append(text(in.readNBytes(QUESTION_BYTES)));
            if (!answer.equals(NOTHING)) {
                client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            }
            if (answer.equals("S")) {
                secured(client, said);
            } else {
                if (answer.isEmpty()) {
                    client.shutdownOutput();
                }
                said.append(text(in.readAllBytes()));
            }
        } catch (IOException e) {
            said.append(" broken");
        }
        heard.add(said.toString());
    }

    private void secured(Socket client, StringBuilder said) throws IOException {
        try (SSLSocket tls = (SSLSocket) secures.createSocket(client, null, client.getPort(), false)) {
            tls.setUseClientMode(false);
            tls.startHandshake();
            said.append('|').append(((ExtendedSSLSession) tls.getSession()).getRequestedServerNames()).append('|');
            InputStream in = tls.getInputStream();
            var words = new StringBuilder();
            int next = in.read();
            while (next >= 0 && next != '\n') {
                words.append((char) next);
                next = in.read();
            }
            said.append(words);
            tls.getOutputStream().write(("heard " + words + '\n').getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
