package io.weir.net.tls;

import java.net.Socket;
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
    public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine) throws Refused {
        trust.check(List.of(chain), false, null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine) throws Refused {
        String asked = engine == null ? null : engine.getPeerHost();
        trust.check(List.of(chain), true, sanOfSni && asked != null && !asked.isEmpty() ? asked : null);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket) throws Refused {
        checkClientTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket) throws Refused {
        checkServerTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws Refused {
        checkClientTrusted(chain, type, (SSLEngine) null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws Refused {
        checkServerTrusted(chain, type, (SSLEngine) null);
    }

    /** Whose names a client is told, so that it knows which of its certificates to show. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return trust.roots().toArray(X509Certificate[]::new);
    }
}
