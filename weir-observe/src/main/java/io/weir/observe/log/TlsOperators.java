package io.weir.observe.log;

import io.weir.core.tls.SanMatch;
import io.weir.core.tls.TlsFacts;
import io.weir.core.tls.TlsFacts.CertificateFacts;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What TLS tells of connections to clients and to hosts, by Envoy's names of command operators. */
final class TlsOperators {
    private TlsOperators() {}

    static Map<String, Function<AccessRecord, @Nullable String>> all() {
        var all = new LinkedHashMap<String, Function<AccessRecord, @Nullable String>>();
        new Side("DOWNSTREAM_", AccessRecord::tls).addTo(all);
        new Side("UPSTREAM_", AccessRecord::upstreamTls).addTo(all);
        return all;
    }

    /**
     * One of the two connections.
     *
     * @param connection
     *            what is known of it
     */
    private record Side(String prefix, Function<AccessRecord, @Nullable TlsFacts> connection) {

        void addTo(Map<String, Function<AccessRecord, @Nullable String>> all) {
            all.put(prefix + "TLS_VERSION", of(TlsFacts::version));
            all.put(prefix + "TLS_CIPHER", of(TlsFacts::cipher));
            all.put(prefix + "TLS_SESSION_ID", of(TlsFacts::sessionId));
            certificate(all, prefix + "PEER_", TlsFacts::peer);
            certificate(all, prefix + "LOCAL_", TlsFacts::local);
            all.put(prefix + "PEER_CERT", of(TlsFacts::peer, CertificateFacts::pemForHeaders));
        }

        private void certificate(Map<String, Function<AccessRecord, @Nullable String>> all, String start,
                Function<TlsFacts, @Nullable CertificateFacts> whose) {
            for (Map.Entry<String, SanMatch.Type> san : Map
                    .of("URI_SAN", SanMatch.Type.URI, "DNS_SAN", SanMatch.Type.DNS,
                            "IP_SAN", SanMatch.Type.IP, "EMAIL_SAN", SanMatch.Type.EMAIL)
                    .entrySet()) {
                all.put(start + san.getKey(), of(whose, facts -> names(facts.names(san.getValue()))));
            }
            all.put(start + "SUBJECT", of(whose, CertificateFacts::subject));
            all.put(start + "ISSUER", of(whose, CertificateFacts::issuer));
            all.put(start + "SERIAL", of(whose, CertificateFacts::serial));
            all.put(start + "FINGERPRINT_256", of(whose, CertificateFacts::fingerprint256));
            all.put(start + "FINGERPRINT_1", of(whose, CertificateFacts::fingerprint1));
            all.put(start + "CERT_V_START", of(whose, facts -> time(facts.validFromEpochSeconds())));
            all.put(start + "CERT_V_END", of(whose, facts -> time(facts.validUntilEpochSeconds())));
        }

        private static String time(long epochSeconds) {
            return Instant.ofEpochSecond(epochSeconds).toString().replace("Z", ".000Z");
        }

        private static @Nullable String names(List<String> names) {
            return names.isEmpty() ? null : String.join(",", names);
        }

        private Function<AccessRecord, @Nullable String> of(Function<TlsFacts, @Nullable String> fact) {
            return ended -> {
                TlsFacts tls = connection.apply(ended);
                return tls == null ? null : fact.apply(tls);
            };
        }

        private Function<AccessRecord, @Nullable String> of(Function<TlsFacts, @Nullable CertificateFacts> whose,
                Function<CertificateFacts, @Nullable String> fact) {
            return of(tls -> {
                CertificateFacts facts = whose.apply(tls);
                return facts == null ? null : fact.apply(facts);
            });
        }
    }
}
