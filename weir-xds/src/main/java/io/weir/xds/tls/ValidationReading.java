package io.weir.xds.tls;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext.TrustChainVerification;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.weir.core.tls.SanMatch;
import io.weir.core.tls.ValidationSpec;
import io.weir.xds.compile.ReadContext;

import org.jspecify.annotations.Nullable;

/** Reads whom a side of TLS believes: {@code CertificateValidationContext}. */
final class ValidationReading {

    private static final int HASH_BYTES = 32;

    private final ReadContext context;
    private final CertificateValidationContext message;

    private ValidationReading(ReadContext context, CertificateValidationContext message) {
        this.context = context;
        this.message = message;
    }

    static ValidationSpec read(ReadContext context, CertificateValidationContext message) {
        ValidationSpec spec = part(context, message);
        check(context, spec);
        return spec;
    }

    /** One that something else may be added to. */
    static ValidationSpec part(ReadContext context, CertificateValidationContext message) {
        return new ValidationReading(context, message).read();
    }

    /** What makes no sense where nobody is believed, or everybody accepted. */
    static void check(ReadContext context, ValidationSpec spec) {
        if (spec.byDomain()) {
            spiffe(context, spec);
        }
        if (spec.believes()) {
            if (!spec.names().isEmpty() && !spec.provesNames()) {
                everybody(context, "match_typed_subject_alt_names");
            }
            return;
        }
        if (!spec.names().isEmpty()) {
            context.problem("match_typed_subject_alt_names", "",
                    "anybody can write any name into a certificate of his own, and nothing says whose are believed",
                    "add trusted_ca");
        }
        if (spec.crl() != null) {
            context.problem("crl", "", "nothing says whose certificates are believed, so that none can be revoked",
                    "add trusted_ca");
        }
        if (spec.allowExpired()) {
            context.problem("allow_expired_certificate", "true",
                    "nothing says whose certificates are believed", "add trusted_ca");
        }
    }

    /** What makes no sense beside trust domains. */
    private static void spiffe(ReadContext context, ValidationSpec spec) {
        if (spec.trustedCa() != null || spec.systemRoots()) {
            context.problem(spec.trustedCa() != null ? "trusted_ca" : "system_root_certs", "",
                    "the trust domains of custom_validator_config say who is believed, each for its own names",
                    "remove it, or put its certificates into a trust_bundle");
        }
        if (spec.acceptUntrusted()) {
            context.problem("trust_chain_verification", "ACCEPT_UNTRUSTED",
                    "anybody could write a name of any trust domain into a certificate of his own",
                    "remove it, or custom_validator_config");
        }
        for (SanMatch name : spec.names()) {
            if (name.type() != SanMatch.Type.URI && name.type() != SanMatch.Type.ANY) {
                context.problem("match_typed_subject_alt_names", name.text(),
                        "a name of SPIFFE is a URI, and an authority may write any others into what it issues",
                        "use san_type: URI");
            }
        }
    }

    /** Names are asked for, and certificates accepted whoever has issued them. */
    static void everybody(ReadContext context, String asks) {
        context.problem("trust_chain_verification", "ACCEPT_UNTRUSTED", "anybody can write any name into a certificate"
                + " of his own, and this accepts it, so that " + asks + " proves nothing",
                "remove this, or " + asks);
    }

    private ValidationSpec read() {
        boolean untrusted = message.getTrustChainVerification() == TrustChainVerification.ACCEPT_UNTRUSTED;
        List<SanMatch> names = names();
        SpiffeReader.Domains domains = message.hasCustomValidatorConfig()
                ? context.extension("custom_validator_config.typed_config",
                        message.getCustomValidatorConfig().getTypedConfig(), SpiffeReader.Domains.class)
                : null;
        return new ValidationSpec(CommonTlsReading.source(message.hasTrustedCa(), message.getTrustedCa()),
                message.hasSystemRootCerts(), CommonTlsReading.source(message.hasCrl(), message.getCrl()),
                message.getOnlyVerifyLeafCertCrl(), spki(), hashes(), names,
                message.hasMaxVerifyDepth() ? message.getMaxVerifyDepth().getValue() : ValidationSpec.DEPTH_DEFAULT,
                message.getAllowExpiredCertificate(), untrusted,
                CommonTlsReading.watched(message.hasWatchedDirectory(), message.getWatchedDirectory()),
                domains == null ? List.of() : domains.all(), domains == null ? null : domains.bundles());
    }

    private List<String> spki() {
        var pins = new ArrayList<String>();
        for (int i = 0; i < message.getVerifyCertificateSpkiCount(); i++) {
            String pin = message.getVerifyCertificateSpki(i);
            boolean good;
            try {
                good = Base64.getDecoder().decode(pin).length == HASH_BYTES;
            } catch (IllegalArgumentException e) {
                good = false;
            }
            if (good) {
                pins.add(pin);
            } else {
                context.problem("verify_certificate_spki[" + i + "]", pin,
                        "this is no SHA-256 of a public key in Base64", "make it with openssl x509 -in CERT -noout"
                                + " -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary"
                                + " | openssl enc -base64");
            }
        }
        return pins;
    }

    private List<String> hashes() {
        var pins = new ArrayList<String>();
        for (int i = 0; i < message.getVerifyCertificateHashCount(); i++) {
            String pin = message.getVerifyCertificateHash(i).replace(":", "").toLowerCase(Locale.ROOT);
            if (pin.matches("[0-9a-f]{64}")) {
                pins.add(pin);
            } else {
                context.problem("verify_certificate_hash[" + i + "]", message.getVerifyCertificateHash(i),
                        "this is no SHA-256 of a certificate in hexadecimal digits",
                        "make it with openssl x509 -in CERT -outform DER | openssl dgst -sha256");
            }
        }
        return pins;
    }

    @SuppressWarnings("deprecation") // match_subject_alt_names is what older files have
    private List<SanMatch> names() {
        var names = new ArrayList<SanMatch>();
        for (int i = 0; i < message.getMatchTypedSubjectAltNamesCount(); i++) {
            SubjectAltNameMatcher each = message.getMatchTypedSubjectAltNames(i);
            ReadContext at = context.at("match_typed_subject_alt_names", i);
            SanMatch.Type type = switch (each.getSanType()) {
                case EMAIL -> SanMatch.Type.EMAIL;
                case DNS -> SanMatch.Type.DNS;
                case URI -> SanMatch.Type.URI;
                case IP_ADDRESS -> SanMatch.Type.IP;
                case OTHER_NAME -> {
                    if (!each.getOid().matches("[0-2](\\.[0-9]{1,39}){1,64}")) {
                        at.problem("oid", each.getOid(),
                                "an other name is told apart by its object identifier, and this"
                                        + " is none",
                                "write numbers with dots between: 1.3.6.1.4.1.311.20.2.3");
                    }
                    yield SanMatch.Type.OTHER;
                }
                case SAN_TYPE_UNSPECIFIED, UNRECOGNIZED -> null; // the rules of the API tell
            };
            add(names, at.at("matcher"), type, each.getMatcher(),
                    each.getSanType() == SubjectAltNameMatcher.SanType.OTHER_NAME ? each.getOid() : "");
        }
        for (int i = 0; i < message.getMatchSubjectAltNamesCount(); i++) {
            add(names, context.at("match_subject_alt_names", i), SanMatch.Type.ANY, message.getMatchSubjectAltNames(i),
                    "");
        }
        return names;
    }

    private static void add(List<SanMatch> names, ReadContext at, SanMatch.@Nullable Type type,
            StringMatcher matcher, String oid) {
        if (type == null) {
            return;
        }
        boolean ignoreCase = matcher.getIgnoreCase();
        switch (matcher.getMatchPatternCase()) {
            case EXACT -> names.add(new SanMatch(type, SanMatch.How.EXACT, matcher.getExact(), ignoreCase, oid));
            case PREFIX -> names.add(new SanMatch(type, SanMatch.How.PREFIX, matcher.getPrefix(), ignoreCase, oid));
            case SUFFIX -> names.add(new SanMatch(type, SanMatch.How.SUFFIX, matcher.getSuffix(), ignoreCase, oid));
            case CONTAINS ->
                names.add(new SanMatch(type, SanMatch.How.CONTAINS, matcher.getContains(), ignoreCase, oid));
            case SAFE_REGEX -> {
                String regex = matcher.getSafeRegex().getRegex();
                try {
                    Pattern.compile(regex);
                    names.add(new SanMatch(type, SanMatch.How.REGEX, regex, false, oid));
                } catch (PatternSyntaxException e) {
                    at.problem("safe_regex.regex", regex, "this is no regular expression of RE2: " + e.getMessage(),
                            "correct it");
                }
            }
            case CUSTOM -> at.problem("custom", "", "Weir does not have this way to compare",
                    "use exact or safe_regex");
            case MATCHPATTERN_NOT_SET -> {
                // the rules of the API tell
            }
        }
    }
}
