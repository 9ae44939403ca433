package io.weir.core.tls;

import java.util.List;

/**
 * TLS with hosts: Envoy's {@code UpstreamTlsContext}. Immutable; any thread.
 *
 * @param sni
 *            the name that hosts are asked for (RFC 6066 section 3); empty: none
 * @param sniOfHost
 *            whether a host that has a name of its own is asked for by that: {@code auto_host_sni}
 * @param sanOfSni
 *            whether the host's certificate must carry the name that it was asked for: {@code auto_sni_san_validation}
 * @param sessionsMax
 *            so many sessions are kept to take up again; 0: none
 */
public record ClientTls(CommonTls common, String sni, boolean sniOfHost, boolean sanOfSni, int sessionsMax)
        implements
            SocketSpec {
    /** Envoy's default of {@code max_session_keys}. */
    public static final int SESSIONS_DEFAULT = 1;

    public ClientTls {
        if (sessionsMax < 0) {
            throw new IllegalArgumentException("sessionsMax " + sessionsMax);
        }
    }

    /** Asks for this name, all else by default. */
    public static ClientTls of(CommonTls common, String sni) {
        return new ClientTls(common, sni, false, false, SESSIONS_DEFAULT);
    }

    /** The same with another common part. */
    public ClientTls withCommon(CommonTls other) {
        return new ClientTls(other, sni, sniOfHost, sanOfSni, sessionsMax);
    }

    /** The same towards hosts whose certificates must carry the name that they were asked for, and that alone. */
    public ClientTls withSanOfSni() {
        return new ClientTls(common.withValidation(common.validation().withNames(List.of())), sni, sniOfHost, true,
                sessionsMax);
    }

    /** The same with these protocols. */
    public ClientTls withAlpn(List<String> others) {
        return new ClientTls(common.withAlpn(others), sni, sniOfHost, sanOfSni, sessionsMax);
    }
}
