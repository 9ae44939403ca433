package io.weir.core.tls;

import java.util.List;

/**
 * TLS with clients: Envoy's {@code DownstreamTlsContext}. Immutable; any thread.
 *
 * @param requireClientCertificate
 *            whether a client without a certificate is turned away
 * @param tickets
 *            how sessions are handed to clients to bring back (RFC 5077, RFC 8446 section 2.2)
 * @param sessionCache
 *            whether sessions are kept here for clients of TLS 1.2 that bring no tickets
 * @param sessionSeconds
 *            how long a session may be taken up again; 0: the library's own time
 * @param staples
 *            what becomes of certificates whose stapled OCSP answer is missing or has expired
 * @param scansAll
 *            whether a client that asks for a name of none gets the first certificate whose signature it can check, and
 *            not the first of all: {@code full_scan_certs_on_sni_mismatch}
 * @param prefersClients
 *            whether the client's order of ciphers counts
 * @param requireSni
 *            whether a client that asks for no name, or for one of no certificate, is turned away
 */
public record ServerTls(CommonTls common, boolean requireClientCertificate, Tickets tickets, boolean sessionCache,
        long sessionSeconds, Staples staples, boolean scansAll, boolean prefersClients,
        boolean requireSni) implements SocketSpec {

    /** Envoy's {@code ocsp_staple_policy}. */
    public enum Staples {
        /** What is good is stapled; a certificate is used without as well. */
        LENIENT,
        /** A certificate whose answer has expired is not used; one without an answer is. */
        STRICT,
        /** A certificate without a good answer is not used. */
        REQUIRED
    }

    /** How sessions are sealed that clients keep. */
    public sealed interface Tickets {
        /** By keys that this process makes, and changes by itself. */
        record Own() implements Tickets {
        }

        /**
         * By keys of 80 bytes that others like this one have as well: the first seals, all open.
         *
         * @param keys
         *            at least one
         */
        record Shared(List<DataSource> keys) implements Tickets {
            public Shared {
                keys = List.copyOf(keys);
            }
        }

        /** Not at all. */
        record Off() implements Tickets {
        }
    }

    /** These certificates, all defaults. */
    public static ServerTls of(CommonTls common) {
        return new ServerTls(common, false, new Tickets.Own(), true, 0, Staples.LENIENT, false, false, false);
    }

    /** The same with another common part. */
    public ServerTls withCommon(CommonTls other) {
        return new ServerTls(other, requireClientCertificate, tickets, sessionCache, sessionSeconds, staples, scansAll,
                prefersClients, requireSni);
    }

    /** The same for clients that must have a certificate, or may have none. */
    public ServerTls withClientCertificates(boolean required) {
        return new ServerTls(common, required, tickets, sessionCache, sessionSeconds, staples, scansAll,
                prefersClients, requireSni);
    }

    /** The same with other tickets. */
    public ServerTls withTickets(Tickets others) {
        return new ServerTls(common, requireClientCertificate, others, sessionCache, sessionSeconds, staples, scansAll,
                prefersClients, requireSni);
    }

    /** The same with another rule for staples. */
    public ServerTls withStaples(Staples other) {
        return new ServerTls(common, requireClientCertificate, tickets, sessionCache, sessionSeconds, other, scansAll,
                prefersClients, requireSni);
    }

    /** The same for clients that must ask for a name that a certificate is for. */
    public ServerTls withRequiredSni() {
        return new ServerTls(common, requireClientCertificate, tickets, sessionCache, sessionSeconds, staples, scansAll,
                prefersClients, true);
    }
}
