package io.weir.http.config;

import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.LocalReplyConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ResponseMapper;
import io.weir.core.model.AccessLogSpec.Format;
import io.weir.http.reply.BodyForm;
import io.weir.http.reply.LocalReplies;
import io.weir.observe.log.AccessLogFormat;
import io.weir.observe.log.RecordFilter;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Reads what becomes of Weir's own answers. */
final class LocalReplyReader {
    private LocalReplyReader() {}

    static LocalReplies read(LocalReplyConfig message, ReadContext context) {
        var mappers = new ArrayList<LocalReplies.Mapper>();
        for (int i = 0; i < message.getMappersCount(); i++) {
            mappers.add(mapper(message.getMappers(i), context.at("mappers", i)));
        }
        return new LocalReplies(mappers,
                message.hasBodyFormat() ? form("body_format", message.getBodyFormat(), context) : null);
    }

    private static LocalReplies.Mapper mapper(ResponseMapper message, ReadContext at) {
        return new LocalReplies.Mapper(filter(message, at),
                message.getStatusCode().getValue(),
                message.hasBody() ? RouteReader.body(message.getBody(), at.at("body")) : null,
                message.hasBodyFormatOverride()
                        ? form("body_format_override", message.getBodyFormatOverride(), at)
                        : null,
                EditsReader.adds("headers_to_add", message.getHeadersToAddList(), at));
    }

    private static RecordFilter filter(ResponseMapper message, ReadContext at) {
        try {
            return RecordFilter.of(at.logFilter("filter", message.getFilter()));
        } catch (IllegalArgumentException e) {
            at.problem("filter", "", String.valueOf(e.getMessage()),
                    "use the short names of response flags, such as UF");
            return RecordFilter.of(null);
        }
    }

    private static @Nullable BodyForm form(String field, SubstitutionFormatString message, ReadContext context) {
        TextReader.checkValue(message.getContentType(), field + ".content_type", context);
        var format = context.logFormat(field, message);
        boolean json = format instanceof Format.Json;
        return switch (AccessLogFormat.compileBody(format)) {
            case AccessLogFormat.Compiled.Ready(AccessLogFormat ready) -> new BodyForm(ready,
                    !message.getContentType().isEmpty()
                            ? message.getContentType()
                            : json ? "application/json" : "text/plain");
            case AccessLogFormat.Compiled.Invalid invalid -> {
                context.problem(field, "", "the format is wrong: " + invalid.message(),
                        "use the operators of docs/configuration.md, and %% for a percent sign");
                yield null;
            }
        };
    }
}
