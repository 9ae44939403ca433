package io.weir.stream.tcp;

import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.TunnelingConfig;
import io.weir.observe.log.AccessLogFormat;
import io.weir.stream.client.Wording;
import io.weir.xds.compile.ReadContext;
import io.weir.xds.service.FramingFields;
import java.util.ArrayList;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what hosts that are proxies are asked for. */
final class TunnelingReader {
    /** RFC 9110 section 5.1. */
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    private TunnelingReader() {}

    /** Null after a problem. */
    static @Nullable TunnelingSpec read(TunnelingConfig message, ReadContext at) {
        String path = message.getPostPath();
        if (!path.isEmpty() && !message.getUsePost()) {
            at.problem("post_path", path, "CONNECT has no path", "add use_post: true, or remove post_path");
            return null;
        }
        if (!path.isEmpty() && (!path.startsWith("/") || path.chars().anyMatch(each -> each <= ' ' || each > '~'))) {
            at.problem("post_path", path, "this is no path of a request", "write one that begins with /");
            return null;
        }
        AccessLogFormat authority = Wording.read(message.getHostname(), "hostname", at);
        var fields = new ArrayList<TunnelingSpec.Field>();
        for (int i = 0; i < message.getHeadersToAddCount(); i++) {
            TunnelingSpec.Field field = field(message.getHeadersToAdd(i), at.at("headers_to_add", i));
            if (field != null) {
                fields.add(field);
            }
        }
        return authority == null || fields.size() < message.getHeadersToAddCount()
                ? null
                : new TunnelingSpec(authority, message.getUsePost() ? path.isEmpty() ? "/" : path : null, fields,
                        message.getPropagateResponseHeaders(), message.getPropagateResponseTrailers());
    }

    private static TunnelingSpec.@Nullable Field field(HeaderValueOption message, ReadContext at) {
        String name = message.getHeader().getKey();
        boolean raw = !message.getHeader().getRawValue().isEmpty();
        if (!NAME.matcher(name).matches() || FramingFields.has(name)) {
            at.problem("header.key", name, "this is no name of a field that can be added here",
                    "use letters, digits and hyphens, and none that frames the request");
            return null;
        }
        AccessLogFormat value = Wording.read(raw
                ? message.getHeader().getRawValue().toStringUtf8()
                : message.getHeader().getValue(), raw ? "header.raw_value" : "header.value", at);
        return value == null ? null : new TunnelingSpec.Field(name, value, message.getKeepEmptyValue());
    }
}
