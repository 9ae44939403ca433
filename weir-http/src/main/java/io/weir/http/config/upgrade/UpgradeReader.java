package io.weir.http.config.upgrade;

import com.google.protobuf.BoolValue;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.UpgradeConfig;
import io.weir.http.tunnel.UpgradeRules;
import io.weir.xds.compile.ReadContext;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code upgrade_configs} of connection managers and routes. */
public final class UpgradeReader {
    private static final String LIST = "upgrade_configs";
    private static final String CONNECT = "CONNECT";
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

    private UpgradeReader() {}

    /** What a connection manager says. */
    public static UpgradeRules manager(List<UpgradeConfig> configs, ReadContext context) {
        var enabled = new HashMap<String, Boolean>();
        for (int i = 0; i < configs.size(); i++) {
            var config = configs.get(i);
            add(enabled, config.getUpgradeType(), config.hasEnabled(), config.getEnabled(), context.at(LIST, i));
        }
        return enabled.isEmpty() ? UpgradeRules.NONE : new UpgradeRules(enabled, false, false);
    }

    /** What a route says; null where it says nothing. */
    public static @Nullable UpgradeRules route(List<RouteAction.UpgradeConfig> configs, ReadContext context) {
        var enabled = new HashMap<String, Boolean>();
        boolean terminates = false;
        boolean allowPost = false;
        for (int i = 0; i < configs.size(); i++) {
            var config = configs.get(i);
            var at = context.at(LIST, i);
            add(enabled, config.getUpgradeType(), config.hasEnabled(), config.getEnabled(), at);
            if (!config.hasConnectConfig()) {
                continue;
            }
            if (config.getUpgradeType().equalsIgnoreCase(CONNECT)) {
                terminates = true;
                allowPost = config.getConnectConfig().getAllowPost();
            } else {
                at.problem("connect_config", config.getUpgradeType(), "only the tunnel of a CONNECT can end here",
                        "remove it, or write upgrade_type: CONNECT");
            }
        }
        return enabled.isEmpty() ? null : new UpgradeRules(enabled, terminates, allowPost);
    }

    /** How the rules call a type. */
    public static String name(String type) {
        return type.equalsIgnoreCase(CONNECT) ? UpgradeRules.CONNECT : type.toLowerCase(Locale.ROOT);
    }

    private static void add(Map<String, Boolean> enabled, String type, boolean given, BoolValue value,
            ReadContext at) {
        String name = name(type);
        if (name.equals("h2c")) {
            at.problem("upgrade_type", type, "Weir speaks HTTP/2 itself, and takes a client's offer to go on with it",
                    "remove it; codec_type: AUTO is enough");
        } else if (!name.isEmpty() && !name.matches(TOKEN + "(/" + TOKEN + ")?")) {
            at.problem("upgrade_type", type, "not the name of a protocol (RFC 9110 section 7.8)",
                    "write websocket, CONNECT or another name as it stands in Upgrade");
        } else if (!type.isEmpty() && enabled.putIfAbsent(name, !given || value.getValue()) != null) {
            at.problem("upgrade_type", type, "another entry says something of this protocol already",
                    "name every protocol once");
        }
    }
}
