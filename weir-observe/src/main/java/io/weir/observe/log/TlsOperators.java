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

/** What TLS tells of a client's connection, by Envoy's names of command operators. */
final class TlsOperators {
    private TlsOperators() {}

    static Map<String, Function<AccessRecord, @Nullable String>> all() {
        var all = new LinkedHashMap<String, Function<AccessRecord, @Nullable String>>();
        all.put("DOWNSTREAM_TLS_VERSION", of(TlsFacts::version));
        all.put("DOWNSTREAM_TLS_CIPHER", of(TlsFacts::cipher));
        all.put("DOWNSTREAM_TLS_SESSION_ID", of(TlsFacts::sessionId));
        certificate(all, "DOWNSTREAM_PEER_", TlsFacts::peer);
        certificate(all, "DOWNSTREAM_LOCAL_", TlsFacts::local);
        all.put("DOWNSTREAM_PEER_CERT", of(TlsFacts::peer, CertificateFacts::pemForHeaders));
        return all;
    }

    private static void certificate(Map<String, Function<AccessRecord, @Nullable String>> all, String prefix,
            Function<TlsFacts, @Nullable CertificateFacts> whose) {
        for (Map.Entry<String, SanMatch.Type> san : Map.of("URI_SAN", SanMatch.Type.URI, "DNS_SAN", SanMatch.Type.DNS,
                "IP_SAN", SanMatch.Type.IP, "EMAIL_SAN", SanMatch.Type.EMAIL).entrySet()) {
            all.put(prefix + san.getKey(), of(whose, facts -> names(facts.names(san.getValue()))));
        }
        all.put(prefix + "SUBJECT", of(whose, CertificateFacts::subject));
        all.put(prefix + "ISSUER", of(whose, CertificateFacts::issuer));
        all.put(prefix + "SERIAL", of(whose, CertificateFacts::serial));
        all.put(prefix + "FINGERPRINT_256", of(whose, CertificateFacts::fingerprint256));
        all.put(prefix + "FINGERPRINT_1", of(whose, CertificateFacts::fingerprint1));
        all.put(prefix + "CERT_V_START", of(whose, facts -> time(facts.validFromEpochSeconds())));
        all.put(prefix + "CERT_V_END", of(whose, facts -> time(facts.validUntilEpochSeconds())));
    }

    private static String time(long epochSeconds) {
        return Instant.ofEpochSecond(epochSeconds).toString().replace("Z", ".000Z");
    }

    private static @Nullable String names(List<String> names) {
        return names.isEmpty() ? null : String.join(",", names);
    }

    private static Function<AccessRecord, @Nullable String> of(Function<TlsFacts, @Nullable String> fact) {
        return ended -> {
            TlsFacts tls = ended.tls();
            return tls == null ? null : fact.apply(tls);
        };
    }

    private static Function<AccessRecord, @Nullable String> of(Function<TlsFacts, @Nullable CertificateFacts> whose,
            Function<CertificateFacts, @Nullable String> fact) {
        return of(tls -> {
            CertificateFacts facts = whose.apply(tls);
            return facts == null ? null : fact.apply(facts);
        });
    }
}
