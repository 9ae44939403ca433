package io.weir.net.tls;

import io.netty.handler.ssl.OpenSslCertificateException;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Asks {@link Trust} about a peer, in the form in which the library asks. */
final class PeerCheck extends X509ExtendedTrustManager {
    private final Trust trust;
    private final boolean sanOfSni;

    /**
     * @param sanOfSni
     *            whether a server must carry the name that it was asked for
     */
    PeerCheck(Trust trust, boolean sanOfSni) {
        this.trust = trust;
        this.sanOfSni = sanOfSni;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
            throws CertificateException {
        check(chain, false, null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
            throws CertificateException {
        String asked = engine == null ? null : engine.getPeerHost();
        check(chain, true, sanOfSni && asked != null && !asked.isEmpty() ? asked : null);
    }

    /** The library finds the alert for the other side by the code, which it takes of an exception of its own alone. */
    private void check(X509Certificate[] chain, boolean ofServer, @Nullable String host) throws CertificateException {
        try {
            trust.check(List.of(chain), ofServer, host);
        } catch (Refused e) {
            throw new OpenSslCertificateException(e.getMessage(), e, e.why().code());
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        checkClientTrusted(chain, type, (SSLEngine) null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        checkServerTrusted(chain, type, (SSLEngine) null);
    }

    /** Whose names a client is told, so that it knows which of its certificates to show. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return trust.roots().toArray(X509Certificate[]::new);
    }
}
