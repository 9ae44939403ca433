package io.weir.xds.tls;

import java.util.List;

import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.weir.core.tls.ClientTls;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.SocketSpec;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;

/** TLS with hosts. */
public final class UpstreamTlsReader implements ExtensionReader<UpstreamTlsContext, SocketSpec> {

    /** RFC 1035 section 2.3.4; Envoy's own bound of the field is the same. */
    private static final int NAME_CHARACTERS_MAX = 255;

    @Override
    public UpstreamTlsContext prototype() {
        return UpstreamTlsContext.getDefaultInstance();
    }

    @Override
    public Class<SocketSpec> kind() {
        return SocketSpec.class;
    }

    @Override
    public ClientTls read(UpstreamTlsContext config, ReadContext context) {
        ReadContext at = context.at("common_tls_context");
        CommonTls common = CommonTlsReading.read(at, config.getCommonTlsContext());
        if (config.getCommonTlsContext().getTlsCertificateSdsSecretConfigsCount() > 1) {
            at.problem("tls_certificate_sds_secret_configs[1]", "", "a client has one certificate",
                    "keep one of them");
        } else if (common.certificates().size() > 1) {
            at.problem("tls_certificates[1]", "", "a client has one certificate", "keep one of them");
        }
        for (int i = 0; i < common.certificates().size(); i++) {
            if (common.certificates().get(i).staple() != null) {
                at.warning("tls_certificates[" + i + "].ocsp_staple", "", "hosts ask for no staple; it is looked at and"
                        + " handed to nobody", "remove it");
            }
        }
        if (config.getAllowRenegotiation()) {
            context.problem("allow_renegotiation", "true", "Weir does not renegotiate: TLS 1.3 has no such thing",
                    "remove it");
        }
        boolean sanOfSni = config.getAutoSniSanValidation();
        if (!common.validation().verifies() && common.named().validation() == null) {
            if (sanOfSni) {
                context.problem("auto_sni_san_validation", "true",
                        "anybody can write any name into a certificate of his own, and nothing says whose are believed",
                        "add trusted_ca to common_tls_context.validation_context");
            } else {
                at.warning("validation_context", "", "hosts are believed whoever they are: nothing says whose"
                        + " certificates are", "add trusted_ca or system_root_certs, and auto_sni_san_validation");
            }
        } else if (sanOfSni && common.validation().byDomain()) {
            context.problem("auto_sni_san_validation", "true", "an authority of a trust domain may write any DNS name"
                    + " into a certificate", "remove it, and write match_typed_subject_alt_names with san_type: URI");
        } else if (sanOfSni && common.validation().believes() && !common.validation().provesNames()) {
            if (common.validation().names().isEmpty()) { // else it has been told
                ValidationReading.everybody(at.at("validation_context"), "auto_sni_san_validation");
            }
        } else if (sanOfSni && !common.validation().names().isEmpty()) {
            at.warning("validation_context.match_typed_subject_alt_names", "",
                    "auto_sni_san_validation goes before these names", "keep one of the two");
            common = common.withValidation(common.validation().withNames(List.of()));
        }
        return new ClientTls(common, name(config, context), config.getAutoHostSni(), sanOfSni,
                config.hasMaxSessionKeys()
                        ? Plain.limit(config.getMaxSessionKeys().getValue())
                        : ClientTls.SESSIONS_DEFAULT);
    }

    private static String name(UpstreamTlsContext config, ReadContext context) {
        String sni = config.getSni();
        if (!sni.matches("[A-Za-z0-9_.-]{0," + NAME_CHARACTERS_MAX + "}") || sni.endsWith(".")) {
            context.problem("sni", sni, "this is no name that a host can be asked for (RFC 6066 section 3)",
                    "write a DNS name without a dot at its end");
            return "";
        }
        return sni;
    }
}
