package io.weir.http.config;

import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.weir.http.codec.HeaderName;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.HeaderEdits.Append;
import io.weir.http.route.HeaderEdits.Level;
import io.weir.http.route.ValueFormat;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code *_headers_to_add} and {@code *_headers_to_remove} of one level, and the single edits of filters. Any
 * thread.
 */
public final class EditsReader {
    /** Both directions of one level. */
    record Both(Level request, Level response) {
    }

    private EditsReader() {}

    static Both both(List<HeaderValueOption> requestAdds, List<String> requestRemoves,
            List<HeaderValueOption> responseAdds, List<String> responseRemoves, ReadContext context) {
        return new Both(level("request_headers_to", requestAdds, requestRemoves, context),
                level("response_headers_to", responseAdds, responseRemoves, context));
    }

    /** Lines that are added, under a field of its own name. */
    static HeaderEdits adds(String list, List<HeaderValueOption> messages, ReadContext context) {
        return HeaderEdits.of(List.of(new Level(addList(list, messages, context), List.of())));
    }

    /** A single line that is added. */
    public static Level one(HeaderValueOption message, ReadContext context) {
        var add = add(message, context);
        return add == null ? Level.NONE : new Level(List.of(add), List.of());
    }

    private static List<HeaderEdits.Add> addList(String list, List<HeaderValueOption> messages, ReadContext context) {
        var adds = new ArrayList<HeaderEdits.Add>();
        for (int i = 0; i < messages.size(); i++) {
            var add = add(messages.get(i), context.at(list, i));
            if (add != null) {
                adds.add(add);
            }
        }
        return adds;
    }

    private static Level level(String field, List<HeaderValueOption> adds, List<String> removes, ReadContext context) {
        var removeList = new ArrayList<HeaderName>();
        for (int i = 0; i < removes.size(); i++) {
            var name = TextReader.editable(removes.get(i), field + "_remove[" + i + "]", context);
            if (name != null) {
                removeList.add(name);
            }
        }
        return new Level(addList(field + "_add", adds, context), removeList);
    }

    private static HeaderEdits.@Nullable Add add(HeaderValueOption option, ReadContext context) {
        var header = option.getHeader();
        var name = TextReader.editable(header.getKey(), "header.key", context);
        boolean raw = !header.getRawValue().isEmpty();
        String value = raw ? header.getRawValue().toStringUtf8() : header.getValue();
        return switch (ValueFormat.compile(value)) {
            case ValueFormat.Result.Ready ready -> {
                var action = action(option, context);
                yield name == null || action == null
                        ? null
                        : new HeaderEdits.Add(name, ready.format(), action, option.getKeepEmptyValue());
            }
            case ValueFormat.Result.Refused refused -> {
                context.problem(raw ? "header.raw_value" : "header.value", value, refused.message(), refused.cure());
                yield null;
            }
        };
    }

    @SuppressWarnings("deprecation") // the older append is what many files still say
    private static @Nullable Append action(HeaderValueOption option, ReadContext context) {
        if (option.hasAppend()) {
            return option.getAppend().getValue()
                    ? Append.APPEND_IF_EXISTS_OR_ADD
                    : Append.OVERWRITE_IF_EXISTS_OR_ADD;
        }
        return switch (option.getAppendAction()) {
            case APPEND_IF_EXISTS_OR_ADD -> Append.APPEND_IF_EXISTS_OR_ADD;
            case ADD_IF_ABSENT -> Append.ADD_IF_ABSENT;
            case OVERWRITE_IF_EXISTS_OR_ADD -> Append.OVERWRITE_IF_EXISTS_OR_ADD;
            case OVERWRITE_IF_EXISTS -> Append.OVERWRITE_IF_EXISTS;
            case UNRECOGNIZED -> {
                context.problem("append_action", String.valueOf(option.getAppendActionValue()),
                        "Weir does not know this action", "use one of those in docs/configuration.md");
                yield null;
            }
        };
    }
}
