package io.weir.xds.tls;

import io.envoyproxy.envoy.extensions.transport_sockets.starttls.v3.StartTlsConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.starttls.v3.UpstreamStartTlsConfig;
import io.weir.core.tls.SocketSpec;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/**
 * Connections that begin in the clear and turn to TLS when both sides agree, each by a protocol of its own. Weir's
 * filters speak none of these protocols, so that nobody would ever turn to TLS: such a configuration is refused, since
 * it would be served in the clear.
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
            return null; // the one field that it must have is told
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
            return null; // the one field that it must have is told
        }
    }
}
