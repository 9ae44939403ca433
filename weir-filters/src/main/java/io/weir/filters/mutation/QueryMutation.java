package io.weir.filters.mutation;

import io.weir.http.codec.HttpHead;
import io.weir.http.route.FormatSource;
import io.weir.http.route.HeaderEdits.Append;
import io.weir.http.route.ValueFormat;
import io.weir.http.route.match.HeadText;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One change to the parameters of a query. Immutable. Source: Envoy's {@code KeyValueMutation}. */
sealed interface QueryMutation {
    /** A parameter, as it stands in the query. */
    record Parameter(String name, String raw) {
        static Parameter of(String name, String value) {
            return new Parameter(name, encoded(HeadText.latin(name)) + "=" + encoded(value));
        }
    }

    /** Changes the parameters. */
    void apply(List<Parameter> parameters, HttpHead head, FormatSource formats);

    /** A parameter is added, or takes the place of those of its name. */
    record Add(String name, ValueFormat value, Append action) implements QueryMutation {
        @Override
        public void apply(List<Parameter> parameters, HttpHead head, FormatSource formats) {
            boolean there = parameters.stream().anyMatch(parameter -> parameter.name().equals(name));
            boolean add = switch (action) {
                case APPEND_IF_EXISTS_OR_ADD, OVERWRITE_IF_EXISTS_OR_ADD -> true;
                case ADD_IF_ABSENT -> !there;
                case OVERWRITE_IF_EXISTS -> there;
            };
            if (!add) {
                return;
            }
            var fresh = Parameter.of(name, value.text(head, formats));
            if (action == Append.APPEND_IF_EXISTS_OR_ADD || !there) {
                parameters.add(fresh);
                return;
            }
            int first = 0;
            while (!parameters.get(first).name().equals(name)) {
                first++;
            }
            parameters.removeIf(parameter -> parameter.name().equals(name));
            parameters.add(first, fresh);
        }
    }

    /** Every parameter of this name is taken out. */
    record Remove(String name) implements QueryMutation {
        @Override
        public void apply(List<Parameter> parameters, HttpHead head, FormatSource formats) {
            parameters.removeIf(parameter -> parameter.name().equals(name));
        }
    }

    /** All of them, in the order in which they are written; parameters that none is about stay as they are written. */
    static void applyAll(List<QueryMutation> mutations, HttpHead head, FormatSource formats) {
        if (mutations.isEmpty() || head.pathStart() == head.pathEnd()) {
            return;
        }
        String path = head.path();
        int question = path.indexOf('?');
        var before = question < 0 ? new ArrayList<Parameter>() : parse(path.substring(question + 1));
        var after = new ArrayList<>(before);
        for (var mutation : mutations) {
            mutation.apply(after, head, formats);
        }
        if (!after.equals(before)) {
            var out = new StringBuilder(question < 0 ? path : path.substring(0, question));
            char sign = '?';
            for (var parameter : after) {
                out.append(sign).append(parameter.raw());
                sign = '&';
            }
            head.path(out.toString());
        }
    }

    private static List<Parameter> parse(String query) {
        var parameters = new ArrayList<Parameter>();
        for (String raw : query.split("&", -1)) {
            int equals = raw.indexOf('=');
            parameters.add(new Parameter(decoded(equals < 0 ? raw : raw.substring(0, equals)), raw));
        }
        return parameters;
    }

    /** As far as it can be: a broken escape is a name like any other. */
    private static String decoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException broken) {
            return text;
        }
    }

    /** Everything but the unreserved characters of RFC 3986 section 2.3, byte by byte; a character is a byte here. */
    private static String encoded(String text) {
        var out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (letter || "-._~".indexOf(c) >= 0) {
                out.append(c);
            } else {
                out.append('%').append(Character.toUpperCase(Character.forDigit(c >> 4 & 15, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return out.toString();
    }
}
