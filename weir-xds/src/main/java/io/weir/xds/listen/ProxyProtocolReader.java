package io.weir.xds.listen;

import io.envoyproxy.envoy.config.core.v3.ProxyProtocolConfig.Version;
import io.envoyproxy.envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol;
import io.weir.core.socket.TlvChoice;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import io.weir.xds.introduce.TlvReading;
import io.weir.xds.spec.ListenerFilterSpec;
import java.util.ArrayList;
import java.util.HashSet;

/** Reads the listener filter that reads the PROXY protocol. */
final class ProxyProtocolReader implements ExtensionReader<ProxyProtocol, ListenerFilterSpec> {
    /** Envoy's, where a rule names none. */
    private static final String NAMESPACE = "envoy.filters.listener.proxy_protocol";
    private static final int TYPE_MAX = 255;

    @Override
    public ProxyProtocol prototype() {
        return ProxyProtocol.getDefaultInstance();
    }

    @Override
    public Class<ListenerFilterSpec> kind() {
        return ListenerFilterSpec.class;
    }

    @Override
    public ListenerFilterSpec read(ProxyProtocol config, ReadContext context) {
        var refused = new HashSet<Integer>();
        config.getDisallowedVersionsList().forEach(version -> refused.add(version == Version.V1 ? 1 : 2));
        if (refused.size() == 2 && !config.getAllowRequestsWithoutProxyProtocol()) {
            context.problem("disallowed_versions", "V1, V2", "no connection could ever come in",
                    "allow one of the versions");
        }
        var rules = new ArrayList<ListenerFilterSpec.TlvRule>();
        for (int i = 0; i < config.getRulesCount(); i++) {
            var rule = config.getRules(i);
            if (rule.getTlvType() < 0 || rule.getTlvType() > TYPE_MAX) {
                context.at("rules", i).problem("tlv_type", Integer.toUnsignedString(rule.getTlvType()),
                        "the type of a value is one byte", "write a number up to 255");
                continue;
            }
            String namespace = rule.getOnTlvPresent().getMetadataNamespace();
            rules.add(new ListenerFilterSpec.TlvRule(rule.getTlvType(), namespace.isEmpty() ? NAMESPACE : namespace,
                    rule.getOnTlvPresent().getKey()));
        }
        return new ListenerFilterSpec.ProxyProtocol(config.getStatPrefix(),
                config.getAllowRequestsWithoutProxyProtocol(), refused, rules,
                config.hasPassThroughTlvs()
                        ? TlvReading.choice(config.getPassThroughTlvs(), context.at("pass_through_tlvs"))
                        : TlvChoice.NONE);
    }
}
