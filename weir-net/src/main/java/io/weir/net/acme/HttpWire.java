package io.weir.net.acme;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** By the JDK's own client. Waits for answers: never on a worker. */
final class HttpWire implements Wire {
    private static final Duration CONNECT_MAX = Duration.ofSeconds(10);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(60);
    private static final long ANSWER_BYTES_MAX = 1 << 20;
    private static final String USER_AGENT = "weir"; // RFC 8555 section 6.1 wants one

    private final HttpClient client;

    /**
     * @param authority
     *            certificates in PEM by which the server is believed; null: the runtime's own
     * @throws IOException
     *             when those cannot be read
     */
    HttpWire(byte @Nullable [] authority) throws IOException {
        var builder = HttpClient.newBuilder().connectTimeout(CONNECT_MAX).followRedirects(HttpClient.Redirect.NEVER);
        if (authority != null) {
            builder.sslContext(trusting(authority));
        }
        this.client = builder.build();
    }

    private static SSLContext trusting(byte[] authority) throws IOException {
        try {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate each : CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(authority))) {
                store.setCertificateEntry("authority-" + number++, each);
            }
            if (number == 0) {
                throw new IOException("there is no certificate in the file of the authority");
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificates of the authority cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public Reply ask(URI url) throws IOException, InterruptedException {
        return send(request(url).GET().build());
    }

    @Override
    public Reply head(URI url) throws IOException, InterruptedException {
        return send(request(url).HEAD().build());
    }

    @Override
    public Reply post(URI url, String body) throws IOException, InterruptedException {
        return send(request(url).header("Content-Type", "application/jose+json").POST(BodyPublishers.ofString(body))
                .build());
    }

    private static HttpRequest.Builder request(URI url) {
        return HttpRequest.newBuilder(url).timeout(ANSWER_MAX).header("User-Agent", USER_AGENT);
    }

    private Reply send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response;
        try {
            response = client.send(request, BodyHandlers.limiting(BodyHandlers.ofString(), ANSWER_BYTES_MAX));
        } catch (IOException e) {
            throw new IOException(request.uri().getAuthority() + " cannot be reached: "
                    + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()), e);
        }
        Map<String, String> headers = new LinkedHashMap<>();
        response.headers().map().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT),
                values.getFirst()));
        return new Reply(response.statusCode(), headers, response.body());
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
