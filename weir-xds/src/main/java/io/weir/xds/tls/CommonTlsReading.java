package io.weir.xds.tls;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.core.v3.WatchedDirectory;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsKeyLog;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol;
import io.weir.core.chain.Prefix;
import io.weir.core.tls.CertificateSpec;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.NamedSecrets;
import io.weir.core.tls.SecretSpec;
import io.weir.core.tls.TlsParameters;
import io.weir.core.tls.TlsVersion;
import io.weir.core.tls.ValidationSpec;
import io.weir.xds.compile.ReadContext;

import org.jspecify.annotations.Nullable;

/** Reads what both sides of TLS are told: {@code CommonTlsContext} and what stands in it. */
final class CommonTlsReading {

    private CommonTlsReading() {}

    static CommonTls read(ReadContext context, CommonTlsContext message) {
        var certificates = new ArrayList<CertificateSpec>();
        for (int i = 0; i < message.getTlsCertificatesCount(); i++) {
            certificates.add(certificate(context.at("tls_certificates", i), message.getTlsCertificates(i)));
        }
        var refs = new ArrayList<NamedSecrets.Ref>();
        SecretNames.read(context, "tls_certificate_sds_secret_configs",
                message.getTlsCertificateSdsSecretConfigsList(), SecretSpec.Certificate.class, refs)
                .forEach(known -> certificates.add(known.spec()));
        if (message.getTlsCertificatesCount() > 0 && message.getTlsCertificateSdsSecretConfigsCount() > 0) {
            context.problem("tls_certificate_sds_secret_configs", "",
                    "here are certificates by name, and tls_certificates beside them", "keep one of the two");
        }
        Validation validation = validation(context, message);
        List<String> alpn = message.getAlpnProtocolsList();
        for (int i = 0; i < alpn.size(); i++) {
            if (alpn.get(i).isEmpty() || alpn.get(i).length() > 255) {
                context.problem("alpn_protocols[" + i + "]", alpn.get(i),
                        "a protocol's name has 1 to 255 bytes (RFC 7301 section 3.1)", "write h2 or http/1.1");
            }
        }
        return new CommonTls(parameters(context.at("tls_params"), message.getTlsParams()), certificates, alpn,
                validation.spec, keyLog(context, message), new NamedSecrets(refs, validation.ref, null));
    }

    private static CommonTls.@Nullable KeyLog keyLog(ReadContext context, CommonTlsContext message) {
        if (!message.hasKeyLog()) {
            return null;
        }
        ReadContext at = context.at("key_log");
        TlsKeyLog log = message.getKeyLog();
        at.warning("path", log.getPath(), "secrets of connections are written to this file: whoever has it can read"
                + " what they carry", "remove key_log when the fault is found");
        return new CommonTls.KeyLog(log.getPath(),
                ranges(at, "local_address_range", log.getLocalAddressRangeList()),
                ranges(at, "remote_address_range", log.getRemoteAddressRangeList()));
    }

    private static List<Prefix> ranges(ReadContext context, String field, List<CidrRange> ranges) {
        var prefixes = new ArrayList<Prefix>();
        for (int i = 0; i < ranges.size(); i++) {
            CidrRange range = ranges.get(i);
            int bits = range.getPrefixLen().getValue();
            try {
                InetAddress address = InetAddress.ofLiteral(range.getAddressPrefix());
                if (bits >= 0 && bits <= address.getAddress().length * Byte.SIZE) {
                    prefixes.add(Prefix.of(address, bits));
                    continue;
                }
            } catch (IllegalArgumentException e) {
                // told below, as too many bits are
            }
            context.problem(field + "[" + i + "]", range.getAddressPrefix() + "/" + bits, "this is no network",
                    "write an IP address and at most as many bits as it has: address_prefix 10.0.0.0, prefix_len 8");
        }
        return prefixes;
    }

    /** Whom a side believes, as far as the context says, and by which name more stands elsewhere. */
    private record Validation(ValidationSpec spec, NamedSecrets.@Nullable Ref ref) {
    }

    private static Validation validation(ReadContext context, CommonTlsContext message) {
        return switch (message.getValidationContextTypeCase()) {
            case VALIDATION_CONTEXT -> new Validation(
                    ValidationReading.read(context.at("validation_context"), message.getValidationContext()), null);
            case VALIDATION_CONTEXT_SDS_SECRET_CONFIG -> named(context.at("validation_context_sds_secret_config"),
                    message.getValidationContextSdsSecretConfig(), ValidationSpec.NONE);
            case COMBINED_VALIDATION_CONTEXT -> {
                ReadContext at = context.at("combined_validation_context");
                var combined = message.getCombinedValidationContext();
                yield named(at.at("validation_context_sds_secret_config"),
                        combined.getValidationContextSdsSecretConfig(),
                        ValidationReading.part(at.at("default_validation_context"),
                                combined.getDefaultValidationContext()));
            }
            // the other ways to name one the table of honoured fields refuses
            case VALIDATION_CONTEXT_CERTIFICATE_PROVIDER, VALIDATION_CONTEXT_CERTIFICATE_PROVIDER_INSTANCE,
                    VALIDATIONCONTEXTTYPE_NOT_SET ->
                new Validation(ValidationSpec.NONE, null);
        };
    }

    private static Validation named(ReadContext context, SdsSecretConfig name, ValidationSpec here) {
        SecretNames.Found<SecretSpec.Validation> found = SecretNames.read(context, name, SecretSpec.Validation.class);
        ValidationSpec spec = found.known() == null ? here : here.and(found.known().spec());
        if (found.known() != null) {
            ValidationReading.check(context, spec);
        }
        return new Validation(spec, found.ref());
    }

    private static TlsParameters parameters(ReadContext context,
            io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters message) {
        TlsParameters otherwise = TlsParameters.DEFAULT;
        TlsVersion min = version(message.getTlsMinimumProtocolVersion(), otherwise.min());
        TlsVersion max = version(message.getTlsMaximumProtocolVersion(), otherwise.max());
        if (min.compareTo(max) > 0) {
            context.problem("tls_minimum_protocol_version", min.label(),
                    "the oldest version is newer than the newest, " + max.label(),
                    "raise tls_maximum_protocol_version, or lower this one");
            min = max;
        }
        if (min.compareTo(TlsVersion.TLS_1_2) < 0) {
            context.warning("tls_minimum_protocol_version", min.label(),
                    "TLS before 1.2 is no longer to be used (RFC 8996)", "remove it: TLSv1_2 is the default");
        }
        return new TlsParameters(min, max,
                message.getCipherSuitesCount() == 0 ? otherwise.ciphers() : message.getCipherSuitesList(),
                message.getEcdhCurvesCount() == 0 ? otherwise.groups() : message.getEcdhCurvesList());
    }

    private static TlsVersion version(TlsProtocol protocol, TlsVersion otherwise) {
        return switch (protocol) {
            case TLS_AUTO, UNRECOGNIZED -> otherwise;
            case TLSv1_0 -> TlsVersion.TLS_1_0;
            case TLSv1_1 -> TlsVersion.TLS_1_1;
            case TLSv1_2 -> TlsVersion.TLS_1_2;
            case TLSv1_3 -> TlsVersion.TLS_1_3;
        };
    }

    static CertificateSpec certificate(ReadContext context, TlsCertificate message) {
        if (message.hasPkcs12() && (message.hasCertificateChain() || message.hasPrivateKey())) {
            context.problem("pkcs12", "", "the archive has the certificate and its key, and here are others too",
                    "keep the archive, or certificate_chain and private_key");
        } else if (!message.hasPkcs12() && !message.hasCertificateChain()) {
            context.problem("", "", "there is no certificate", "add certificate_chain");
        } else if (!message.hasPkcs12() && !message.hasPrivateKey()) {
            context.problem("", "", "the certificate has no key", "add private_key");
        }
        return new CertificateSpec(source(message.hasCertificateChain(), message.getCertificateChain()),
                source(message.hasPrivateKey(), message.getPrivateKey()),
                source(message.hasPassword(), message.getPassword()), source(message.hasPkcs12(), message.getPkcs12()),
                source(message.hasOcspStaple(), message.getOcspStaple()),
                watched(message.hasWatchedDirectory(), message.getWatchedDirectory()));
    }

    /** A directory whose changes count; null: none is named. */
    static @Nullable String watched(boolean given, WatchedDirectory message) {
        return given ? message.getPath() : null;
    }

    /** Where something comes from; null where it is not there. */
    static @Nullable DataSource source(boolean given, io.envoyproxy.envoy.config.core.v3.DataSource message) {
        if (!given) {
            return null;
        }
        return switch (message.getSpecifierCase()) {
            case FILENAME -> new DataSource.File(message.getFilename(),
                    watched(message.hasWatchedDirectory(), message.getWatchedDirectory()));
            case INLINE_BYTES -> new DataSource.Inline(message.getInlineBytes().toString(StandardCharsets.ISO_8859_1));
            case INLINE_STRING -> new DataSource.Inline(new String(
                    message.getInlineString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
            case ENVIRONMENT_VARIABLE -> new DataSource.Environment(message.getEnvironmentVariable());
            // the rules of the API tell that one of them is needed
            case SPECIFIER_NOT_SET -> null;
        };
    }
}
