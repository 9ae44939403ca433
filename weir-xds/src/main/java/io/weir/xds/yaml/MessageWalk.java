package io.weir.xds.yaml;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;

import org.jspecify.annotations.Nullable;

import io.weir.xds.resource.Nearest;
import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node.Entry;
import io.weir.xds.yaml.Node.Mapping;
import io.weir.xds.yaml.Node.Scalar;
import io.weir.xds.yaml.Node.Sequence;

/** One walk over a tree and a descriptor, side by side. A null answer means that a problem was reported. */
final class MessageWalk {
    /** Protobuf's parsers refuse more than 100 levels of messages in one another; an Any begins anew. */
    private static final int LEVELS_MAX = 90;
    private static final int NAMES_LISTED_MAX = 12;

    private final Trail trail;
    private final ScalarReader scalars;
    private final AnyReader anys;
    private final WellKnownReader wellKnown;
    private int levels;

    MessageWalk(MessageTypes types, Trail trail) {
        this.trail = trail;
        this.scalars = new ScalarReader(trail);
        this.anys = new AnyReader(types, trail, this);
        this.wellKnown = new WellKnownReader(trail);
    }

    /** The root of a tree. */
    @Nullable
    Message message(Node node, Descriptor type) {
        return value(node, type, false);
    }

    /** What an Any holds: a message that protobuf's limit of levels counts on its own. */
    @Nullable
    Message embedded(Node node, Descriptor type) {
        int outer = levels;
        levels = 0;
        Message message = value(node, type, false);
        levels = outer;
        return message;
    }

    private @Nullable Message value(Node node, Descriptor type, boolean optional) {
        if (levels >= LEVELS_MAX) {
            trail.error(node.at(), "", "nested too deeply", "flatten it");
            return null;
        }
        levels++;
        Message message = WellKnownReader.isWellKnown(type) ? special(node, type, optional) : plain(node, type);
        levels--;
        return message;
    }

    private @Nullable Message special(Node node, Descriptor type, boolean optional) {
        if (type.getFullName().equals("google.protobuf.Any")) {
            return anys.any(node, optional);
        }
        FieldDescriptor wrapped = WellKnownReader.wrappedField(type);
        if (wrapped != null) {
            Object value = scalars.value(node, wrapped);
            return value == null ? null : DynamicMessage.newBuilder(type).setField(wrapped, value).build();
        }
        if (node instanceof Mapping mapping && WellKnownReader.isSecondsAndNanos(type)) {
            Message message = fields(mapping, type);
            return wellKnown.inRange(node, message) ? message : null;
        }
        return wellKnown.value(node, type, LEVELS_MAX - levels);
    }

    private @Nullable Message plain(Node node, Descriptor type) {
        return switch (node) {
            case Mapping mapping -> fields(mapping, type);
            case Sequence list -> {
                trail.error(node.at(), "", "one " + type.getName() + " is due here, not a list",
                        "remove the dash, and keep one item");
                yield null;
            }
            case Scalar scalar -> {
                trail.error(node.at(), scalar.text(), "a mapping with the fields of " + type.getName() + " is due here",
                        type.getFields().isEmpty() ? "write {}" : "fields: " + listed(names(type)));
                yield null;
            }
        };
    }

    /** The fields of a mapping. Never null: what is wrong is left out. */
    private DynamicMessage fields(Mapping mapping, Descriptor type) {
        DynamicMessage.Builder builder = DynamicMessage.newBuilder(type);
        BitSet seen = new BitSet();
        List<Entry> entries = mapping.entries();
        boolean optional = entries.size() > 1 && isOptional(mapping, type);
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            FieldDescriptor field = find(type, entry.key());
            if (field == null) {
                unknown(entry, type);
                continue;
            }
            Position at = entry.value() instanceof Scalar ? entry.value().at() : entry.at();
            int mark = trail.field(field.getName(), at);
            if (seen.get(field.getIndex())) {
                trail.error(entry.at(), entry.key(), "this field was already written under its other name",
                        "keep one of " + field.getName() + " and " + field.getJsonName());
            } else if (!isNull(entry.value(), field) && only(builder, field, entry)) {
                seen.set(field.getIndex());
                deprecation(entry, field);
                set(builder, field, entry.value(), optional);
            }
            trail.leave(mark);
        }
        return builder.build();
    }

    private void set(DynamicMessage.Builder builder, FieldDescriptor field, Node node, boolean optional) {
        if (field.isMapField()) {
            map(builder, field, node);
        } else if (field.isRepeated()) {
            if (node instanceof Sequence list) {
                List<Node> items = list.items();
                for (int i = 0; i < items.size(); i++) {
                    item(builder, field, items.get(i), i);
                }
            } else {
                item(builder, field, node, 0);
            }
        } else {
            Object value = single(field, node, optional);
            if (value != null) {
                builder.setField(field, value);
            }
        }
    }

    private @Nullable Object single(FieldDescriptor field, Node node, boolean optional) {
        return field.getJavaType() == JavaType.MESSAGE
                ? value(node, field.getMessageType(), optional)
                : scalars.value(node, field);
    }

    private void item(DynamicMessage.Builder builder, FieldDescriptor field, Node node, int index) {
        int mark = trail.item(index, node.at());
        if (isNull(node, field)) {
            trail.error(node.at(), "", "an item of this list is empty", "remove it, or write its value");
        } else {
            Object value = single(field, node, false);
            if (value != null) {
                builder.addRepeatedField(field, value);
            }
        }
        trail.leave(mark);
    }

    private void map(DynamicMessage.Builder builder, FieldDescriptor field, Node node) {
        if (!(node instanceof Mapping mapping)) {
            trail.error(node.at(), ScalarReader.shown(node), "a mapping from names to values is due here",
                    "write  key: value  lines below it");
            return;
        }
        Descriptor entryType = field.getMessageType();
        FieldDescriptor keyField = entryType.getFields().get(0);
        FieldDescriptor valueField = entryType.getFields().get(1);
        for (Entry entry : mapping.entries()) {
            int mark = trail.key(entry.key(), entry.at());
            Object key = scalars.key(entry, keyField);
            Object value = null;
            if (isNull(entry.value(), valueField)) {
                trail.error(entry.value().at(), "", "this key has no value", "remove it, or write its value");
            } else {
                value = single(valueField, entry.value(), false);
            }
            if (key != null && value != null) {
                builder.addRepeatedField(field, DynamicMessage.newBuilder(entryType).setField(keyField, key)
                        .setField(valueField, value).build());
            }
            trail.leave(mark);
        }
    }

    /** Whether no sibling in the same oneof was written before. */
    private boolean only(DynamicMessage.Builder builder, FieldDescriptor field, Entry entry) {
        OneofDescriptor oneof = field.getRealContainingOneof();
        if (oneof == null || !builder.hasOneof(oneof)) {
            return true;
        }
        FieldDescriptor other = builder.getOneofFieldDescriptor(oneof);
        trail.error(entry.at(), ScalarReader.shown(entry.value()), "stands beside \"" + other.getName()
                + "\", of which only one may be set", "keep one of: " + listed(oneofNames(oneof)));
        return false;
    }

    private void deprecation(Entry entry, FieldDescriptor field) {
        if (field.getOptions().getDeprecated()) {
            trail.warning(entry.at(), "", "this field is deprecated in Envoy's API",
                    Hints.successor(field.getFullName()));
        }
    }

    private void unknown(Entry entry, Descriptor type) {
        int mark = trail.field(entry.key(), entry.at());
        trail.error(entry.at(), ScalarReader.shown(entry.value()),
                type.getName() + " has no field \"" + entry.key() + "\"", cure(entry.key(), type));
        trail.leave(mark);
    }

    private static String cure(String key, Descriptor type) {
        String hint = Hints.unknownField(key, type);
        if (hint != null) {
            return hint;
        }
        for (FieldDescriptor field : type.getFields()) {
            if (field.getJavaType() == JavaType.MESSAGE && !field.isMapField()
                    && !WellKnownReader.isWellKnown(field.getMessageType())
                    && find(field.getMessageType(), key) != null && !field.getOptions().getDeprecated()) {
                return "write it inside " + field.getName();
            }
        }
        List<String> names = names(type);
        return Nearest.cure(key, names,
                names.isEmpty()
                        ? "it has no fields: remove it"
                        : names.size() <= NAMES_LISTED_MAX
                                ? "its fields: " + listed(names)
                                : "remove it, or check its indentation, which decides what it belongs to");
    }

    /** A field by its name in the proto, or by its name in JSON; null when there is none. */
    static @Nullable FieldDescriptor find(Descriptor type, String key) {
        FieldDescriptor field = type.findFieldByName(key);
        if (field != null) {
            return field;
        }
        for (FieldDescriptor each : type.getFields()) {
            if (each.getJsonName().equals(key)) {
                return each;
            }
        }
        return null;
    }

    private static boolean isNull(Node node, FieldDescriptor field) {
        return node instanceof Scalar scalar && scalar.isNull() && !(field.getJavaType() == JavaType.MESSAGE
                && field.getMessageType().getFullName().equals("google.protobuf.Value"));
    }

    /** An extension that says is_optional may be of a type that nobody knows: Envoy passes over it. */
    private static boolean isOptional(Mapping mapping, Descriptor type) {
        if (type.findFieldByName("is_optional") == null) {
            return false;
        }
        Node node = mapping.find("is_optional");
        return (node == null ? mapping.find("isOptional") : node) instanceof Scalar scalar
                && Scalars.isTrue(scalar.text());
    }

    static List<String> names(Descriptor type) {
        List<String> names = new ArrayList<>();
        for (FieldDescriptor field : type.getFields()) {
            names.add(field.getName());
        }
        return names;
    }

    private static List<String> oneofNames(OneofDescriptor oneof) {
        List<String> names = new ArrayList<>();
        for (FieldDescriptor field : oneof.getFields()) {
            names.add(field.getName());
        }
        return names;
    }

    private static String listed(List<String> names) {
        int shown = Math.min(names.size(), NAMES_LISTED_MAX);
        return String.join(", ", names.subList(0, shown)) + (shown < names.size() ? ", ..." : "");
    }
}
