package io.weir.http.route;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes to the field lines of a head, level by level: Envoy's {@code *_headers_to_add} and
 * {@code *_headers_to_remove}. Immutable; plain values are copied as bytes, without allocation.
 */
public final class HeaderEdits {
    /** No change. */
    public static final HeaderEdits NONE = new HeaderEdits(List.of());

    /** What happens where the field is there already, or is not: Envoy's {@code HeaderAppendAction}. */
    public enum Append {
        APPEND_IF_EXISTS_OR_ADD, ADD_IF_ABSENT, OVERWRITE_IF_EXISTS_OR_ADD, OVERWRITE_IF_EXISTS
    }

    /**
     * One added line.
     *
     * @param keepEmpty
     *            whether a line is added for an empty value
     */
    public record Add(HeaderName name, ValueFormat value, Append action, boolean keepEmpty) {
        boolean overwrites() {
            return action == Append.OVERWRITE_IF_EXISTS_OR_ADD || action == Append.OVERWRITE_IF_EXISTS;
        }

        boolean applies(HttpHead head) {
            return switch (action) {
                case APPEND_IF_EXISTS_OR_ADD, OVERWRITE_IF_EXISTS_OR_ADD -> true;
                case ADD_IF_ABSENT -> !head.has(name);
                case OVERWRITE_IF_EXISTS -> head.has(name);
            };
        }
    }

    /**
     * What one level (weighted cluster, route, virtual host, route configuration) asks for: first removes, then adds.
     */
    public record Level(List<Add> adds, List<HeaderName> removes) {
        /** Nothing asked. */
        public static final Level NONE = new Level(List.of(), List.of());

        public Level {
            adds = List.copyOf(adds);
            removes = List.copyOf(removes);
        }

        boolean isEmpty() {
            return adds.isEmpty() && removes.isEmpty();
        }
    }

    /**
     * A level made ready: overwriting stands before adding, so the order of adds on different actions does not matter,
     * as in Envoy.
     *
     * @param direct
     *            whether no add can see another: values are plain and no name comes twice
     */
    private record Ready(List<HeaderName> removes, List<Add> adds, boolean direct) {
        static Ready of(Level level) {
            var adds = new ArrayList<Add>();
            level.adds().stream().filter(Add::overwrites).forEach(adds::add);
            level.adds().stream().filter(add -> !add.overwrites()).forEach(adds::add);
            boolean direct = adds.stream().allMatch(add -> add.value().plain() != null)
                    && adds.stream().map(Add::name).distinct().count() == adds.size();
            return new Ready(level.removes(), List.copyOf(adds), direct);
        }
    }

    /**
     * Whether this is a field name: a token of RFC 9110 section 5.6.2.
     *
     * @param pseudo
     *            whether one leading colon is allowed
     */
    public static boolean isName(String name, boolean pseudo) {
        int from = pseudo && name.startsWith(":") ? 1 : 0;
        for (int i = from; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letter && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
                return false;
            }
        }
        return name.length() > from;
    }

    /** Whether edits may not touch this field: pseudo fields, and {@code host}, which rewrites are for. */
    public static boolean isReserved(String name) {
        return name.startsWith(":") || name.equalsIgnoreCase("host");
    }

    private final List<Ready> levels;
    private final @Nullable String text;

    private HeaderEdits(List<Ready> levels) {
        this.levels = levels;
        this.text = text(levels);
    }

    private static @Nullable String text(List<Ready> levels) {
        var all = new StringBuilder();
        for (Ready level : levels) {
            level.removes().forEach(name -> all.append('-').append(name).append('\n'));
            for (Add add : level.adds()) {
                byte[] value = add.value().plain();
                if (value == null) {
                    return null;
                }
                all.append('+').append(add.name()).append(' ').append(add.action()).append(add.keepEmpty()).append(' ')
                        .append(new String(value, StandardCharsets.ISO_8859_1)).append('\n');
            }
        }
        return all.toString();
    }

    /** What is done, the same text for the same edits, empty for none; null where a value is made for each request. */
    public @Nullable String text() {
        return text;
    }

    /** These levels, in the order in which they are applied. */
    public static HeaderEdits of(List<Level> levels) {
        var asked = levels.stream().filter(level -> !level.isEmpty()).map(Ready::of).toList();
        return asked.isEmpty() ? NONE : new HeaderEdits(asked);
    }

    public boolean isEmpty() {
        return levels.isEmpty();
    }

    /**
     * Changes the head.
     *
     * @param head
     *            a request's or a response's
     * @param source
     *            what formats ask
     */
    public void apply(HttpHead head, FormatSource source) {
        for (int i = 0; i < levels.size(); i++) {
            var level = levels.get(i);
            for (int j = 0; j < level.removes().size(); j++) {
                head.remove(level.removes().get(j));
            }
            if (level.direct()) {
                addPlain(level.adds(), head);
            } else {
                addFormatted(level.adds(), head, source);
            }
        }
    }

    private static void addPlain(List<Add> adds, HttpHead head) {
        for (int i = 0; i < adds.size(); i++) {
            var add = adds.get(i);
            byte[] value = add.value().plain();
            if (value != null && (value.length > 0 || add.keepEmpty()) && add.applies(head)) {
                if (add.overwrites()) {
                    head.remove(add.name());
                }
                head.add(add.name(), value, 0, value.length);
            }
        }
    }

    /** Every value and condition looks at the head as the removals left it, before the first add changes it. */
    private static void addFormatted(List<Add> adds, HttpHead head, FormatSource source) {
        var values = new ArrayList<@Nullable String>(adds.size());
        for (var add : adds) {
            String value = add.applies(head) ? add.value().text(head, source) : null;
            values.add(value == null || (value.isEmpty() && !add.keepEmpty()) ? null : value);
        }
        for (int i = 0; i < adds.size(); i++) {
            String value = values.get(i);
            if (value != null) {
                var add = adds.get(i);
                if (add.overwrites()) {
                    head.remove(add.name());
                }
                head.add(add.name(), value);
            }
        }
    }
}
