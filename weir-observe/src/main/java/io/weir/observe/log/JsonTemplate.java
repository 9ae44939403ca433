package io.weir.observe.log;

import io.weir.core.model.AccessLogSpec;
import io.weir.observe.log.Operator.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value with command operators, compiled. A string that is one operator keeps the operator's type: a number
 * stays a number, and what is absent is null, or left out. Immutable; any thread; writing allocates nothing.
 */
sealed interface JsonTemplate {
    /** Objects within objects, at most. */
    int DEPTH_MAX = 32;
    /** What JSON says of what is not there. */
    JsonTemplate NOTHING = new Constant("null".getBytes(StandardCharsets.US_ASCII));

    /** Writes the value; false, and nothing written, when it is absent and absent values are to be left out. */
    boolean write(AccessRecord ended, LogBuffer out, boolean omitEmptyValues);

    /** Reads a format. */
    static JsonTemplate compile(Map<String, Object> fields, Draft draft, boolean omitEmptyValues) {
        return object(fields, draft, omitEmptyValues, "", 0);
    }

    private static JsonTemplate object(Map<?, ?> fields, Draft draft, boolean omit, String path, int depth) {
        List<Member> members = new ArrayList<>();
        for (Map.Entry<?, ?> field : fields.entrySet()) {
            String key = String.valueOf(field.getKey());
            LogBuffer name = new LogBuffer().append(key);
            name.escapeJson(0);
            byte[] written = ('"' + name.toString() + "\":").getBytes(StandardCharsets.UTF_8);
            String below = path.isEmpty() ? key : path + '.' + key;
            members.add(new Member(written, value(field.getValue(), draft, omit, below, depth + 1)));
        }
        return new ObjectOf(List.copyOf(members));
    }

    private static JsonTemplate value(@Nullable Object value, Draft draft, boolean omit, String path,
            int depth) {
        if (depth > DEPTH_MAX) {
            draft.mistake(path, "", "nested deeper than " + DEPTH_MAX);
            return NOTHING;
        }
        return switch (value) {
            case null -> NOTHING;
            case AccessLogSpec.Nothing _ -> NOTHING;
            case String format -> text(format, draft, omit, path);
            case Map<?, ?> fields -> object(fields, draft, omit, path, depth);
            case List<?> list -> {
                List<JsonTemplate> items = new ArrayList<>();
                for (int i = 0; i < list.size(); i++) {
                    items.add(value(list.get(i), draft, omit, path + '[' + i + ']', depth + 1));
                }
                yield new ListOf(List.copyOf(items));
            }
            case Number number -> new Constant(number(number).getBytes(StandardCharsets.US_ASCII));
            case Boolean bool -> new Constant(bool.toString().getBytes(StandardCharsets.US_ASCII));
            default -> {
                draft.mistake(path, value.toString(), "not a JSON value: " + value.getClass().getSimpleName());
                yield NOTHING;
            }
        };
    }

    private static String number(Number number) {
        double value = number.doubleValue();
        boolean whole = value == Math.rint(value) && Math.abs(value) < 1e15;
        return whole ? Long.toString(number.longValue()) : Double.isFinite(value) ? Double.toString(value) : "null";
    }

    private static JsonTemplate text(String format, Draft draft, boolean omit, String path) {
        TextTemplate template = draft.text(format, omit, path);
        Kind kind = template.kindIfSingle();
        return kind == null ? new Mixed(template) : new Single(template, kind);
    }

    /** A key, written with its quotes and colon, and its value. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Member(byte[] name, JsonTemplate value) {
    }

    /** An object. */
    record ObjectOf(List<Member> members) implements JsonTemplate {
        @Override
        public boolean write(AccessRecord ended, LogBuffer out, boolean omitEmptyValues) {
            out.append('{');
            int start = out.length();
            for (int i = 0; i < members.size(); i++) {
                int before = out.length();
                if (before > start) {
                    out.append(',');
                }
                out.append(members.get(i).name);
                if (!members.get(i).value.write(ended, out, omitEmptyValues)) {
                    out.truncate(before);
                }
            }
            if (omitEmptyValues && out.length() == start && !members.isEmpty()) {
                out.truncate(start - 1);
                return false;
            }
            out.append('}');
            return true;
        }
    }

    /** A list; absent items stay, as null, so that the others keep their places. */
    record ListOf(List<JsonTemplate> items) implements JsonTemplate {
        @Override
        public boolean write(AccessRecord ended, LogBuffer out, boolean omitEmptyValues) {
            out.append('[');
            for (int i = 0; i < items.size(); i++) {
                if (i > 0) {
                    out.append(',');
                }
                items.get(i).write(ended, out, false);
            }
            out.append(']');
            return true;
        }
    }

    /** One operator. */
    record Single(TextTemplate template, Kind kind) implements JsonTemplate {
        @Override
        public boolean write(AccessRecord ended, LogBuffer out, boolean omitEmptyValues) {
            int from = out.length();
            if (kind == Kind.STRING) {
                out.append('"');
            }
            if (!template.writeSingle(ended, out)) {
                out.truncate(from);
                if (omitEmptyValues) {
                    return false;
                }
                out.append("null");
                return true;
            }
            if (kind == Kind.STRING) {
                out.append('"');
            }
            return true;
        }
    }

    /** A text, with or without operators in it. */
    record Mixed(TextTemplate template) implements JsonTemplate {
        @Override
        public boolean write(AccessRecord ended, LogBuffer out, boolean omitEmptyValues) {
            out.append('"');
            template.writeJson(ended, out);
            out.append('"');
            return true;
        }
    }

    /** A value that is the same in every line. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Constant(byte[] written) implements JsonTemplate {
        @Override
        public boolean write(AccessRecord ended, LogBuffer out, boolean omitEmptyValues) {
            out.append(written);
            return true;
        }
    }
}
