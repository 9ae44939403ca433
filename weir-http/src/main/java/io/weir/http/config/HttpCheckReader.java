package io.weir.http.config;

import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.HttpHealthCheck;
import io.envoyproxy.envoy.config.core.v3.RequestMethod;
import io.envoyproxy.envoy.type.v3.CodecClientType;
import io.envoyproxy.envoy.type.v3.Int64Range;
import io.weir.http.check.HttpCheck;
import io.weir.http.check.HttpCheck.Field;
import io.weir.http.check.HttpCheck.Present;
import io.weir.http.check.Statuses;
import io.weir.http.route.match.TextMatch;
import io.weir.net.check.Expected;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import io.weir.xds.health.CheckPayload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads Envoy's {@code http_health_check}. */
final class HttpCheckReader implements ExtensionReader<HttpHealthCheck, HttpCheck> {
    private static final int STATUS_MIN = 100;
    private static final int STATUS_MAX = 600;
    private static final Set<RequestMethod> WITH_BODY = Set.of(RequestMethod.POST, RequestMethod.PUT,
            RequestMethod.PATCH, RequestMethod.OPTIONS);

    @Override
    public HttpHealthCheck prototype() {
        return HttpHealthCheck.getDefaultInstance();
    }

    @Override
    public Class<HttpCheck> kind() {
        return HttpCheck.class;
    }

    @Override
    public @Nullable HttpCheck read(HttpHealthCheck config, ReadContext context) {
        TextReader.checkHost(config.getHost(), "host", context);
        TextReader.checkPath(config.getPath(), "path", context);
        boolean http2 = config.getCodecClientType() == CodecClientType.HTTP2;
        if (!http2 && config.getCodecClientType() != CodecClientType.HTTP1) {
            context.problem("codec_client_type", config.getCodecClientType().name(),
                    "Weir checks over HTTP/1.1 and HTTP/2", "write HTTP1 or HTTP2");
        }
        RequestMethod method = config.getMethod() == RequestMethod.METHOD_UNSPECIFIED
                ? RequestMethod.GET
                : config.getMethod();
        byte[] send = config.hasSend() ? CheckPayload.read(config.getSend(), context.at("send")) : new byte[0];
        if (send != null && send.length > 0 && !WITH_BODY.contains(method)) {
            context.problem("send", "", "a request of method " + method + " has no body",
                    "set method: POST, PUT, PATCH or OPTIONS");
        }
        List<byte[]> receive = CheckPayload.list("receive", config.getReceiveList(), context);
        Statuses expected = statuses("expected_statuses", config.getExpectedStatusesList(), context);
        Statuses retriable = statuses("retriable_statuses", config.getRetriableStatusesList(), context);
        List<Field> fields = fields("request_headers_to_add", config.getRequestHeadersToAddList(), context);
        Set<String> removed = new HashSet<>();
        for (int i = 0; i < config.getRequestHeadersToRemoveCount(); i++) {
            var name = TextReader.editable(config.getRequestHeadersToRemove(i), "request_headers_to_remove[" + i + "]",
                    context);
            if (name != null) {
                removed.add(config.getRequestHeadersToRemove(i).toLowerCase(Locale.ROOT));
            }
        }
        TextMatch serviceName = config.hasServiceNameMatcher()
                ? TextReader.text(config.getServiceNameMatcher(), context.at("service_name_matcher"))
                : null;
        if (send == null || receive == null) {
            return null;
        }
        return new HttpCheck(method.name(), config.getHost(), config.getPath(),
                new String(send, StandardCharsets.ISO_8859_1), fields, removed,
                expected.ranges().isEmpty() ? Statuses.OK : expected, retriable, Expected.of(receive),
                config.hasResponseBufferSize()
                        ? Plain.limit(config.getResponseBufferSize().getValue())
                        : HttpCheck.ANSWER_BYTES,
                serviceName, http2);
    }

    private static Statuses statuses(String list, List<Int64Range> ranges, ReadContext context) {
        var read = new ArrayList<Statuses.Range>();
        for (int i = 0; i < ranges.size(); i++) {
            long from = ranges.get(i).getStart();
            long to = ranges.get(i).getEnd();
            if (from < STATUS_MIN || to > STATUS_MAX || from >= to) {
                context.problem(list + "[" + i + "]", from + " to " + to,
                        "a range of statuses begins at 100 or more, ends before its end, and its end is at most 600",
                        "write { start: 200, end: 300 } for 200 to 299");
            } else {
                read.add(new Statuses.Range((int) from, (int) to));
            }
        }
        return new Statuses(read);
    }

    /** Fields of a request that nobody sent: their values can name nothing of one. */
    static List<Field> fields(String list, List<HeaderValueOption> options, ReadContext context) {
        var fields = new ArrayList<Field>();
        for (int i = 0; i < options.size(); i++) {
            ReadContext at = context.at(list, i);
            var option = options.get(i);
            var header = option.getHeader();
            var name = TextReader.editable(header.getKey(), "header.key", at);
            String value = header.getValue();
            TextReader.checkValue(value, "header.value", at);
            if (value.replace("%%", "").contains("%")) {
                at.problem("header.value", value, "a check has no request or connection that operators could name",
                        "write the value itself; %% stands for a percent sign");
            } else if (name != null && (!value.isEmpty() || option.getKeepEmptyValue())) {
                fields.add(new Field(header.getKey(), value.replace("%%", "%"), present(option)));
            }
        }
        return fields;
    }

    @SuppressWarnings("deprecation") // the older append is what many files still say
    private static Present present(HeaderValueOption option) {
        if (option.hasAppend()) {
            return option.getAppend().getValue() ? Present.BESIDE : Present.REPLACED;
        }
        return switch (option.getAppendAction()) {
            case APPEND_IF_EXISTS_OR_ADD, UNRECOGNIZED -> Present.BESIDE;
            case ADD_IF_ABSENT -> Present.KEPT;
            case OVERWRITE_IF_EXISTS_OR_ADD -> Present.REPLACED;
            case OVERWRITE_IF_EXISTS -> Present.ONLY_REPLACED;
        };
    }
}
