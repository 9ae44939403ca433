package io.weir.xds.check;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;

import org.jspecify.annotations.Nullable;

import io.weir.xds.check.HonouredTable.Line;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.MessageTypes;
import io.weir.xds.yaml.Positions;

/**
 * Which fields of which messages Weir honours. A field that is set and not honoured is an error with its place, never
 * silence; one whose absence harms nothing is a warning, told once for each field however often it is set. A negative
 * duration is an error in every field that is honoured: no field of Envoy's API gives it a meaning. Built from text
 * tables, one or more of each module ({@link HonouredTable} says how they are written). Immutable; any thread.
 */
public final class Honoured {
    /** How many Any may stand in one another. */
    private static final int NESTED_ANY_MAX = 32;

    private final Map<String, Map<String, Line>> lines;

    private Honoured(Map<String, Map<String, Line>> lines) {
        this.lines = lines;
    }

    /** What is honoured of the messages that all others share: addresses, data sources, matchers, percents, node. */
    public static Honoured core() {
        return new Honoured(Map.of()).with(Honoured.class, "/io/weir/xds/check/honoured.txt");
    }

    /**
     * This and one more table.
     *
     * @param anchor
     *            a class of the module that brings the table
     * @param resource
     *            its absolute name, such as {@code /io/weir/http/honoured.txt}
     * @throws IllegalArgumentException
     *             when there is no such resource, or a line of it cannot be read
     */
    public Honoured with(Class<?> anchor, String resource) {
        try (InputStream in = anchor.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no resource " + resource + " beside " + anchor.getName());
            }
            return with(resource, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + resource, e);
        }
    }

    /**
     * This and one more table, given as text.
     *
     * @param name
     *            for the exception when a line cannot be read
     */
    public Honoured with(String name, String table) {
        Map<String, Map<String, Line>> all = new HashMap<>(lines);
        for (Map.Entry<String, Map<String, Line>> entry : HonouredTable.parse(name, table).entrySet()) {
            Map<String, Line> fields = new HashMap<>(all.getOrDefault(entry.getKey(), Map.of()));
            fields.putAll(entry.getValue());
            all.put(entry.getKey(), Map.copyOf(fields));
        }
        return new Honoured(Map.copyOf(all));
    }

    /** Whether there is a table for this message: its full name is known here. */
    public boolean knows(String fullName) {
        return lines.containsKey(fullName);
    }

    /** Reports every set field that is not honoured, in the message and all in it, with the types of Envoy's API. */
    public void check(Message message, String path, Positions positions, List<Problem> out) {
        check(message, path, positions, MessageTypes.envoy(), out);
    }

    /** The same, with the types that an Any may hold. */
    public void check(Message message, String path, Positions positions, MessageTypes types, List<Problem> out) {
        new Walk(types, new Report(path, positions, out)).message(Views.of(message));
    }

    /**
     * What is wrong with the tables themselves: messages and fields that do not exist, values that a field does not
     * have. For a test of each table; nothing at run time asks.
     */
    public List<String> mistakes(MessageTypes types) {
        List<String> mistakes = new ArrayList<>();
        for (Map.Entry<String, Map<String, Line>> entry : lines.entrySet()) {
            Message prototype = types.find(entry.getKey());
            if (prototype == null) {
                mistakes.add(entry.getKey() + " is not a message");
                continue;
            }
            for (Map.Entry<String, Line> line : entry.getValue().entrySet()) {
                String mistake = mistake(prototype.getDescriptorForType(), line.getKey(), line.getValue());
                if (mistake != null) {
                    mistakes.add(mistake);
                }
            }
        }
        mistakes.sort(null);
        return mistakes;
    }

    private static @Nullable String mistake(Descriptor type, String name, Line line) {
        FieldDescriptor field = type.findFieldByName(name);
        if (name.equals(HonouredTable.EVERY)) {
            return null;
        }
        if (field == null) {
            return type.getFullName() + " has no field " + name;
        }
        if (line instanceof Line.Values(Set<String> allowed) && field.getJavaType() == JavaType.ENUM) {
            for (String value : allowed) {
                if (field.getEnumType().findValueByName(value) == null) {
                    return field.getFullName() + " has no value " + value;
                }
            }
        }
        return null;
    }

    /** One walk over a message. */
    private final class Walk {
        private final MessageTypes types;
        private final Report report;
        private final Set<FieldDescriptor> warned = new HashSet<>();
        private int anys;

        Walk(MessageTypes types, Report report) {
            this.types = types;
            this.report = report;
        }

        void message(Message message) {
            Descriptor type = message.getDescriptorForType();
            Map<String, Line> table = lines.getOrDefault(type.getFullName(), Map.of());
            boolean optional = false;
            for (Map.Entry<FieldDescriptor, Object> set : message.getAllFields().entrySet()) {
                optional |= set.getKey().getName().equals("is_optional");
            }
            for (Map.Entry<FieldDescriptor, Object> set : message.getAllFields().entrySet()) {
                FieldDescriptor field = set.getKey();
                int mark = report.field(field.getName());
                Line line = table.get(field.getName());
                field(field, set.getValue(), line == null ? table.get(HonouredTable.EVERY) : line, optional);
                report.leave(mark);
            }
        }

        private void field(FieldDescriptor field, Object value, @Nullable Line line, boolean optional) {
            switch (line) {
                case null -> refuse(field, value, "remove it");
                case Line.Refused(String cure) -> refuse(field, value, cure);
                case Line.Ignored(String why) -> {
                    if (warned.add(field)) {
                        report.warning(shown(value),
                                "Weir does not honour " + field.getName() + ", which is harmless: " + why,
                                "remove it, or let it stand");
                    }
                }
                case Line.Values(Set<String> allowed) -> values(field, value, allowed);
                case Line.Full() -> into(field, value, optional);
            }
        }

        private void refuse(FieldDescriptor field, Object value, String cure) {
            report.error(shown(value), "Weir does not honour " + field.getName() + " yet", cure);
        }

        private void values(FieldDescriptor field, Object value, Set<String> allowed) {
            List<?> items = value instanceof List<?> list ? list : List.of(value);
            for (Object item : items) {
                String text = text(item);
                if (!allowed.contains(text)) {
                    report.error(text, "Weir does not honour this value of " + field.getName() + " yet",
                            "write one of: " + String.join(", ", allowed.stream().sorted().toList()));
                }
            }
        }

        private void into(FieldDescriptor field, Object value, boolean optional) {
            if (field.isMapField()) {
                FieldDescriptor keyField = field.getMessageType().getFields().get(0);
                FieldDescriptor valueField = field.getMessageType().getFields().get(1);
                for (Object each : (List<?>) value) {
                    Message entry = (Message) each;
                    int mark = report.key(entry.getField(keyField));
                    single(entry.getField(valueField), false);
                    report.leave(mark);
                }
            } else if (value instanceof List<?> list) {
                for (int i = 0; i < list.size(); i++) {
                    int mark = report.item(i);
                    single(list.get(i), optional);
                    report.leave(mark);
                }
            } else {
                single(value, optional);
            }
        }

        private void single(Object value, boolean optional) {
            if (!(value instanceof Message message)) {
                return;
            }
            Descriptor type = message.getDescriptorForType();
            if (Views.isAny(type)) {
                any(message, optional);
            } else if (type.getFullName().equals("google.protobuf.Duration")) {
                duration(message);
            } else if (!type.getFullName().startsWith("google.protobuf.")) {
                message(message);
            }
        }

        private void duration(Message value) {
            Quantity.Seconds seconds = DurationRange.duration(value);
            if (seconds.compareTo(new Quantity.Seconds(0, 0)) < 0) {
                report.error(DurationRange.text(seconds), "a duration cannot be negative",
                        "write a duration of at least 0s, or remove it");
            }
        }

        private void any(Message any, boolean optional) {
            String name = Views.typeName(any);
            if (name.isEmpty() || name.startsWith("google.protobuf.") || anys >= NESTED_ANY_MAX) {
                return;
            }
            if (!lines.containsKey(name)) {
                if (optional) {
                    report.warning(name, "Weir does not have this extension yet, and is_optional lets it pass", "");
                } else {
                    report.error(name, "Weir does not have this extension yet", "remove it");
                }
                return;
            }
            try {
                Message inside = Views.inside(any, types);
                if (inside != null) {
                    anys++;
                    message(inside);
                    anys--;
                }
            } catch (InvalidProtocolBufferException e) {
                report.error(name, "the bytes here are not of the type that is named", "send them anew");
            }
        }
    }

    private static String shown(Object value) {
        return value instanceof List<?> list ? list.size() + (list.size() == 1 ? " item" : " items") : text(value);
    }

    /** A scalar, or the scalar in a wrapper, as text; other messages by their name. */
    private static String text(Object value) {
        if (value instanceof Message message) {
            Descriptor type = message.getDescriptorForType();
            FieldDescriptor wrapped = type.findFieldByNumber(1);
            boolean wrapper = type.getFullName().startsWith("google.protobuf.") && type.getFields().size() == 1
                    && wrapped != null && !wrapped.isRepeated();
            return wrapper ? ValueRules.shown(message.getField(wrapped)) : ValueRules.shown(value);
        }
        return value instanceof EnumValueDescriptor constant ? constant.getName() : ValueRules.shown(value);
    }
}
