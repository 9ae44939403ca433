package io.weir.xds.shortform;

import io.weir.xds.resource.Nearest;
import io.weir.xds.resource.Position;
import java.util.List;

/** A service's {@code protocol}: what is spoken with its endpoints, as Envoy's {@code HttpProtocolOptions}. */
final class ProtocolForm {
    static final String KEY = "protocol";

    private static final String TYPE = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    private static final String HTTP1 = "http1";
    static final String HTTP2 = "http2";
    private static final String CLIENT = "client";
    private static final List<String> WORDS = List.of(HTTP1, HTTP2, CLIENT);

    private ProtocolForm() {}

    /**
     * @param options
     *            the cluster's {@code typed_extension_protocol_options}
     */
    static void read(Part service, Tree options) {
        Part protocol = service.part(KEY);
        String word = protocol == null ? null : protocol.text();
        if (protocol == null || word == null) {
            return;
        }
        if (!WORDS.contains(word)) {
            protocol.problem("this protocol is not spoken with endpoints", Nearest.cure(word, WORDS,
                    "write one of " + String.join(", ", WORDS)));
            return;
        }
        Position at = protocol.at();
        Tree both = new Tree(at);
        if (!word.equals(HTTP2)) {
            both.put("http_protocol_options", new Tree(at));
        }
        if (!word.equals(HTTP1)) {
            both.put("http2_protocol_options", new Tree(at));
        }
        options.put(TYPE, Tree.typed(at, TYPE)
                .put(word.equals(CLIENT) ? "use_downstream_protocol_config" : "explicit_http_config", both));
    }
}
