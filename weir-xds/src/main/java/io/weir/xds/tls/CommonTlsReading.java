package io.weir.xds.tls;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol;
import io.weir.core.tls.CertificateSpec;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.DataSource;
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
        ValidationSpec validation = message.hasValidationContext()
                ? ValidationReading.read(context.at("validation_context"), message.getValidationContext())
                : message.hasCombinedValidationContext()
                        ? ValidationReading.read(
                                context.at("combined_validation_context").at("default_validation_context"),
                                message.getCombinedValidationContext().getDefaultValidationContext())
                        : ValidationSpec.NONE;
        List<String> alpn = message.getAlpnProtocolsList();
        for (int i = 0; i < alpn.size(); i++) {
            if (alpn.get(i).isEmpty() || alpn.get(i).length() > 255) {
                context.problem("alpn_protocols[" + i + "]", alpn.get(i),
                        "a protocol's name has 1 to 255 bytes (RFC 7301 section 3.1)", "write h2 or http/1.1");
            }
        }
        return new CommonTls(parameters(context.at("tls_params"), message.getTlsParams()), certificates, alpn,
                validation, null);
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

    private static CertificateSpec certificate(ReadContext context, TlsCertificate message) {
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
                null, null);
    }

    /** Where something comes from; null where it is not there. */
    static @Nullable DataSource source(boolean given, io.envoyproxy.envoy.config.core.v3.DataSource message) {
        if (!given) {
            return null;
        }
        return switch (message.getSpecifierCase()) {
            case FILENAME -> new DataSource.File(message.getFilename());
            case INLINE_BYTES -> new DataSource.Inline(message.getInlineBytes().toString(StandardCharsets.ISO_8859_1));
            case INLINE_STRING -> new DataSource.Inline(new String(
                    message.getInlineString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
            case ENVIRONMENT_VARIABLE -> new DataSource.Environment(message.getEnvironmentVariable());
            // the rules of the API tell that one of them is needed
            case SPECIFIER_NOT_SET -> null;
        };
    }
}
