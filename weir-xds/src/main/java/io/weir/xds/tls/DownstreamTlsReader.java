package io.weir.xds.tls;

import java.util.List;

import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.SecretSpec;
import io.weir.core.tls.ServerTls;
import io.weir.core.tls.ServerTls.Tickets;
import io.weir.core.tls.SocketSpec;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;

import org.jspecify.annotations.Nullable;

/** TLS with clients. */
public final class DownstreamTlsReader implements ExtensionReader<DownstreamTlsContext, SocketSpec> {

    @Override
    public DownstreamTlsContext prototype() {
        return DownstreamTlsContext.getDefaultInstance();
    }

    @Override
    public Class<SocketSpec> kind() {
        return SocketSpec.class;
    }

    @Override
    public ServerTls read(DownstreamTlsContext config, ReadContext context) {
        ReadContext at = context.at("common_tls_context");
        CommonTls common = CommonTlsReading.read(at, config.getCommonTlsContext());
        if (config.getCommonTlsContext().getTlsCertificatesCount() == 0
                && config.getCommonTlsContext().getTlsCertificateSdsSecretConfigsCount() == 0) {
            at.problem("tls_certificates", "", "a server of TLS needs a certificate",
                    "add tls_certificates with certificate_chain and private_key");
        }
        SecretNames.Found<SecretSpec.TicketKeys> keys = config.hasSessionTicketKeysSdsSecretConfig()
                ? SecretNames.read(context.at("session_ticket_keys_sds_secret_config"),
                        config.getSessionTicketKeysSdsSecretConfig(), SecretSpec.TicketKeys.class)
                : new SecretNames.Found<>(null, null);
        if (keys.ref() != null && !config.getDisableStatelessSessionResumption()) {
            common = common.withNamed(common.named().withTicketKeys(keys.ref()));
        }
        boolean required = config.getRequireClientCertificate().getValue();
        if (required && common.named().validation() == null && !common.validation().verifies()) {
            at.warning("validation_context", "", "clients must have a certificate, and nothing says which: anyone will"
                    + " do", "add trusted_ca");
        }
        long seconds = config.hasSessionTimeout() ? config.getSessionTimeout().getSeconds() : 0;
        return new ServerTls(common, required, tickets(config, keys.known()),
                !config.getDisableStatefulSessionResumption(), seconds,
                staples(config.getOcspStaplePolicy()), config.getFullScanCertsOnSniMismatch().getValue(),
                config.getPreferClientCiphers(), config.getRequireSni().getValue());
    }

    private static ServerTls.Staples staples(DownstreamTlsContext.OcspStaplePolicy policy) {
        return switch (policy) {
            case LENIENT_STAPLING, UNRECOGNIZED -> ServerTls.Staples.LENIENT;
            case STRICT_STAPLING -> ServerTls.Staples.STRICT;
            case MUST_STAPLE -> ServerTls.Staples.REQUIRED;
        };
    }

    private static Tickets tickets(DownstreamTlsContext config, SecretSpec.@Nullable TicketKeys known) {
        if (config.getDisableStatelessSessionResumption()) {
            return new Tickets.Off();
        }
        List<DataSource> keys = known == null ? SecretReader.keys(config.getSessionTicketKeys()) : known.keys();
        return keys.isEmpty() ? new Tickets.Own() : new Tickets.Shared(keys);
    }
}
