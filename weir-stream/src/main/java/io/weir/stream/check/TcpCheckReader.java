package io.weir.stream.check;

import io.envoyproxy.envoy.config.core.v3.HealthCheck.TcpHealthCheck;
import io.envoyproxy.envoy.config.core.v3.ProxyProtocolConfig.Version;
import io.weir.net.check.Expected;
import io.weir.xds.health.CheckPayload;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads Envoy's {@code tcp_health_check}. */
public final class TcpCheckReader implements ExtensionReader<TcpHealthCheck, TcpCheck> {
    @Override
    public TcpHealthCheck prototype() {
        return TcpHealthCheck.getDefaultInstance();
    }

    @Override
    public Class<TcpCheck> kind() {
        return TcpCheck.class;
    }

    @Override
    public @Nullable TcpCheck read(TcpHealthCheck config, ReadContext context) {
        byte[] send = config.hasSend() ? CheckPayload.read(config.getSend(), context.at("send")) : new byte[0];
        List<byte[]> receive = CheckPayload.list("receive", config.getReceiveList(), context);
        int proxyVersion = !config.hasProxyProtocolConfig()
                ? 0
                : config.getProxyProtocolConfig().getVersion() == Version.V1 ? 1 : 2;
        if (config.getProxyProtocolConfig().hasPassThroughTlvs()
                || config.getProxyProtocolConfig().getAddedTlvsCount() > 0) {
            context.warning("proxy_protocol_config", "",
                    "a check is nobody's connection but Weir's, and tells no values", "write version alone");
        }
        return send == null || receive == null ? null : new TcpCheck(send, Expected.of(receive), proxyVersion);
    }
}
