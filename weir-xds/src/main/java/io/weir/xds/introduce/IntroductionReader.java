package io.weir.xds.introduce;

import io.envoyproxy.envoy.config.core.v3.ProxyProtocolConfig;
import io.envoyproxy.envoy.config.core.v3.ProxyProtocolConfig.Version;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport;
import io.weir.core.socket.ProxyHeaderSpec;
import io.weir.core.socket.TlvChoice;
import io.weir.core.tls.ProxiedSocket;
import io.weir.core.tls.ServerTls;
import io.weir.core.tls.StartTls;
import io.weir.core.tls.SocketSpec;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Extensions;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/** Reads the transport socket that begins connections to hosts with the PROXY protocol. */
public final class IntroductionReader implements ExtensionReader<ProxyProtocolUpstreamTransport, SocketSpec> {
    private static final String RAW_BUFFER = "envoy.transport_sockets.raw_buffer";

    private IntroductionReader() {}

    /** These extensions and this one. */
    public static Extensions addTo(Extensions extensions) {
        return extensions.with(new IntroductionReader());
    }

    @Override
    public ProxyProtocolUpstreamTransport prototype() {
        return ProxyProtocolUpstreamTransport.getDefaultInstance();
    }

    @Override
    public Class<SocketSpec> kind() {
        return SocketSpec.class;
    }

    @Override
    public @Nullable SocketSpec read(ProxyProtocolUpstreamTransport config, ReadContext context) {
        ProxyHeaderSpec header = header(config.getConfig(), context.at("config"));
        ReadContext at = context.at("transport_socket");
        TransportSocket message = config.getTransportSocket();
        boolean plain = message.getName().equals(RAW_BUFFER) && !message.hasTypedConfig();
        SocketSpec inner = plain
                ? new SocketSpec.Plain()
                : at.extension("typed_config", message.getTypedConfig(), SocketSpec.class);
        if (inner instanceof ServerTls || inner instanceof StartTls) {
            at.problem("typed_config", inner instanceof StartTls ? "StartTlsConfig" : "DownstreamTlsContext",
                    "this is TLS with clients, and here are hosts",
                    "use UpstreamTlsContext");
        } else if (inner instanceof ProxiedSocket) {
            at.problem("typed_config", "ProxyProtocolUpstreamTransport", "a connection begins with one header",
                    "use raw_buffer or UpstreamTlsContext here");
            return null;
        }
        return inner == null ? null : new ProxiedSocket(header, inner);
    }

    private static ProxyHeaderSpec header(ProxyProtocolConfig config, ReadContext at) {
        boolean first = config.getVersion() == Version.V1;
        if (first && (config.hasPassThroughTlvs() || config.getAddedTlvsCount() > 0)) {
            at.warning("version", "V1", "version 1 has no room for values: none are told", "write V2");
        }
        return new ProxyHeaderSpec(first ? 1 : 2, config.hasPassThroughTlvs()
                ? TlvReading.choice(config.getPassThroughTlvs(), at.at("pass_through_tlvs"))
                : TlvChoice.NONE, TlvReading.values(config.getAddedTlvsList(), "added_tlvs", at));
    }
}
