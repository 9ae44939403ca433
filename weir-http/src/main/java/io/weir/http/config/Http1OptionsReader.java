package io.weir.http.config;

import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.weir.xds.compile.ReadContext;

/** What both sides have in common in their HTTP/1.1 options. */
final class Http1OptionsReader {
    private Http1OptionsReader() {}

    /** Refuses what would weaken the codec. */
    static void check(Http1ProtocolOptions options, ReadContext context) {
        if (options.getAllowChunkedLength()) {
            context.problem("allow_chunked_length", "true",
                    "Weir never accepts Content-Length beside Transfer-Encoding: it is how requests are smuggled "
                            + "(RFC 9112 section 6.3)",
                    "remove it, and have the peer send one of the two");
        }
        if (options.hasAllowAbsoluteUrl() && !options.getAllowAbsoluteUrl().getValue()) {
            context.warning("allow_absolute_url", "false",
                    "Weir always accepts absolute targets (RFC 9112 section 3.2.2)", "remove it");
        }
    }
}
