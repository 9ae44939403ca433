package io.weir.xds.tls;

import io.envoyproxy.envoy.extensions.transport_sockets.starttls.v3.StartTlsConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.starttls.v3.UpstreamStartTlsConfig;
import io.weir.core.tls.ClientStartTls;
import io.weir.core.tls.SocketSpec;
import io.weir.core.tls.StartTls;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/**
 * Connections that begin in the clear and turn to TLS when both sides agree, each by a protocol of its own. A chain has
 * to have a filter that speaks it: else nobody would ever turn to TLS.
 */
final class StartTlsReaders {
    private StartTlsReaders() {}

    /** With clients. */
    record WithClients() implements ExtensionReader<StartTlsConfig, SocketSpec> {
        @Override
        public StartTlsConfig prototype() {
            return StartTlsConfig.getDefaultInstance();
        }

        @Override
        public Class<SocketSpec> kind() {
            return SocketSpec.class;
        }

        @Override
        public @Nullable SocketSpec read(StartTlsConfig config, ReadContext context) {
            if (!config.hasTlsSocketConfig()) {
                context.problem("tls_socket_config", "", "nothing says by which certificate clients turn to TLS",
                        "add a DownstreamTlsContext");
                return null;
            }
            return new StartTls(
                    new DownstreamTlsReader().read(config.getTlsSocketConfig(), context.at("tls_socket_config")));
        }
    }

    /** With hosts. */
    record WithHosts() implements ExtensionReader<UpstreamStartTlsConfig, SocketSpec> {
        @Override
        public UpstreamStartTlsConfig prototype() {
            return UpstreamStartTlsConfig.getDefaultInstance();
        }

        @Override
        public Class<SocketSpec> kind() {
            return SocketSpec.class;
        }

        @Override
        public @Nullable SocketSpec read(UpstreamStartTlsConfig config, ReadContext context) {
            if (!config.hasTlsSocketConfig()) {
                context.problem("tls_socket_config", "", "nothing says how connections are secured once hosts agree",
                        "add an UpstreamTlsContext");
                return null;
            }
            return new ClientStartTls(
                    new UpstreamTlsReader().read(config.getTlsSocketConfig(), context.at("tls_socket_config")));
        }
    }
}
