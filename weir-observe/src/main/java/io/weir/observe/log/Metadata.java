package io.weir.observe.log;

import io.weir.core.value.FilterState;
import io.weir.core.value.JsonText;
import io.weir.core.value.MetadataPath;
import io.weir.core.value.MetadataSource;
import io.weir.observe.log.Operator.Kind;
import io.weir.observe.log.Operator.Typed;
import io.weir.observe.log.Operators.Unreadable;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Metadata, {@code DYNAMIC_METADATA(NAMESPACE:KEY:KEY)} and its like: text as it stands, everything else as JSON. And
 * what filters have left, {@code FILTER_STATE(KEY:PLAIN)}.
 */
final class Metadata {
    private Metadata() {}

    /** {@code METADATA(SOURCE:NAMESPACE:KEY:KEY)}. */
    static Typed any(@Nullable String argument) throws Unreadable {
        String said = argument == null ? "" : argument;
        int colon = said.indexOf(':');
        String name = colon < 0 ? said : said.substring(0, colon);
        for (var source : MetadataSource.values()) {
            if (source.name().equals(name)) {
                return of("METADATA(" + name, source, colon < 0 ? null : said.substring(colon + 1));
            }
        }
        throw new Unreadable("METADATA begins with whose they are, one of " + Arrays.toString(MetadataSource.values())
                + ": %METADATA(ROUTE:NAMESPACE:KEY)%");
    }

    /** An operator for one source. */
    static Typed of(String operator, MetadataSource source, @Nullable String argument) throws Unreadable {
        if (argument == null || argument.isEmpty() || argument.startsWith(":")) {
            throw new Unreadable(operator + " needs a namespace: %" + operator + (operator.indexOf('(') < 0 ? '(' : ':')
                    + "NAMESPACE:KEY)%");
        }
        List<String> parts = List.of(argument.split(":", -1));
        var path = new MetadataPath(parts.getFirst(), parts.subList(1, parts.size()));
        return new Typed(Kind.STRING, (ended, out) -> {
            Object value = path.in(ended.metadata(source, path.namespace()));
            if (value == null) {
                return false;
            }
            out.append(value instanceof String text ? text : json(value));
            return true;
        });
    }

    /** {@code FILTER_STATE(KEY:PLAIN)}, or {@code TYPED}: as JSON, of what has a form as a message. */
    static Typed left(@Nullable String argument) throws Unreadable {
        String said = argument == null ? "" : argument;
        int colon = said.indexOf(':');
        String key = colon < 0 ? said : said.substring(0, colon);
        String form = colon < 0 ? "TYPED" : said.substring(colon + 1);
        if (key.isEmpty()) {
            throw new Unreadable("FILTER_STATE needs a key: %FILTER_STATE(KEY:PLAIN)%");
        }
        if (!form.equals("PLAIN") && !form.equals("TYPED")) {
            throw new Unreadable("FILTER_STATE writes objects PLAIN or TYPED, as none has fields: %FILTER_STATE(" + key
                    + ":PLAIN)%");
        }
        boolean plain = form.equals("PLAIN");
        return new Typed(Kind.STRING, (ended, out) -> {
            var value = ended.filterState(key);
            boolean shown = value != null && switch (value.kind()) {
                case STRING, HASHABLE_STRING -> true;
                case ADDRESS -> plain;
                case MESSAGE -> !plain;
            };
            if (value == null || !shown) {
                return false;
            }
            out.append(plain || value.kind() == FilterState.Kind.MESSAGE ? value.text() : json(value.text()));
            return true;
        });
    }

    private static String json(Object value) {
        var json = new StringBuilder();
        JsonText.append(value, json);
        return json.toString();
    }
}
