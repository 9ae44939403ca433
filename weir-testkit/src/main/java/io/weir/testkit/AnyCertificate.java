package io.weir.testkit;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** TLS for a client that believes whatever it is shown: it is to look, or to load, and not to check. Any thread. */
public final class AnyCertificate extends X509ExtendedTrustManager {
    private AnyCertificate() {}

    /**
     * What such a client speaks with, with sessions of its own.
     *
     * @param keys
     *            what it shows of itself
     */
    public static SSLContext context(KeyManager... keys) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, new TrustManager[]{new AnyCertificate()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static UnsupportedOperationException server() {
        return new UnsupportedOperationException("a client checks servers");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
        throw server();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
        // whatever it is shown
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
        throw server();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
        // whatever it is shown
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {
        throw server();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
        // whatever it is shown
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
