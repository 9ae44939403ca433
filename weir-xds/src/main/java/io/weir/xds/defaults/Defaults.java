package io.weir.xds.defaults;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.ConfigText;
import io.weir.xds.yaml.MessageTypes;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.ProtoReader;
import io.weir.xds.yaml.Read;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What holds where a message says nothing, for every field that has such a value. Read from tables in YAML, each a
 * mapping from messages to their fields; a message may stand there more than once, with a condition on another field:
 *
 * <pre>
 * envoy.config.cluster.v3.Cluster:
 *   connect_timeout: 5s
 *   common_lb_config: {}                                      # is filled by the table of its own message
 * envoy.config.cluster.v3.Cluster[type=STRICT_DNS|LOGICAL_DNS]:
 *   dns_refresh_rate: 5s
 * </pre>
 *
 * What follows from another field of the same message stands in {@link Derived}. The readers do not look here: a test
 * holds the tables to them. Immutable; any thread.
 */
public final class Defaults {
    private static final String NONE = "none";
    private static final String WELL_KNOWN = "google.protobuf.";

    private final MessageTypes types;
    private final Map<String, List<Block>> blocks;

    /** A field that must have one of these values, {@code none} when it is not set. */
    private record Condition(String field, Set<String> values) {
        boolean holds(Message message) {
            FieldDescriptor field = message.getDescriptorForType().findFieldByName(this.field);
            boolean set = !field.hasPresence() || message.hasField(field);
            return values.contains(set ? message.getField(field).toString() : NONE);
        }
    }

    /** The fields of a message that have a default, with it, under conditions that must all hold. */
    private record Block(List<Condition> conditions, Message values, Set<String> fields) {
        boolean holds(Message message) {
            return conditions.stream().allMatch(condition -> condition.holds(message));
        }
    }

    private Defaults(MessageTypes types, Map<String, List<Block>> blocks) {
        this.types = types;
        this.blocks = blocks;
    }

    /** No defaults yet, for messages of these types. */
    public static Defaults none(MessageTypes types) {
        return new Defaults(types, Map.of());
    }

    /**
     * These and more.
     *
     * @param name
     *            what the table is called in errors
     * @throws IllegalArgumentException
     *             when the table has a mistake
     */
    public Defaults with(String name, String table) {
        Map<String, List<Block>> all = new HashMap<>(blocks);
        ConfigText.Parsed parsed = ConfigText.parse(name, table);
        if (!(parsed.root() instanceof Node.Mapping root)) {
            throw new IllegalArgumentException(name + ": " + parsed.problems());
        }
        for (Node.Entry entry : root.entries()) {
            String key = entry.key();
            int bracket = key.indexOf('[');
            String message = bracket < 0 ? key : key.substring(0, bracket);
            List<Block> more = new ArrayList<>(all.getOrDefault(message, List.of()));
            more.add(block(message, bracket < 0 ? "" : key.substring(bracket), entry));
            all.put(message, List.copyOf(more));
        }
        return new Defaults(types, all);
    }

    private Block block(String message, String conditions, Node.Entry entry) {
        Message prototype = types.find(message);
        if (prototype == null || !(entry.value() instanceof Node.Mapping mapping)) {
            throw new IllegalArgumentException(entry.at() + ": " + message + " is no message, or has no fields");
        }
        Read<Message> read = new ProtoReader(types).read(mapping, prototype, "");
        if (Problem.anyError(read.problems())) {
            throw new IllegalArgumentException(read.problems().toString());
        }
        Set<String> fields = new LinkedHashSet<>();
        mapping.entries().forEach(field -> fields.add(field.key()));
        List<Condition> all = new ArrayList<>();
        for (String condition : conditions.split("[\\[\\]]+", -1)) {
            if (!condition.isEmpty()) {
                int equals = condition.indexOf('=');
                all.add(new Condition(condition.substring(0, equals),
                        Set.of(condition.substring(equals + 1).split("\\|", -1))));
            }
        }
        return new Block(all, read.message(), fields);
    }

    /** The message with every default that it leaves open, and all in it, inside Any too. */
    @SuppressWarnings("unchecked") // a builder builds what it came from
    public <T extends Message> T filled(T message) {
        return (T) fill(message);
    }

    private Message fill(Message message) {
        if (message instanceof Any any) {
            return inside(any);
        }
        Descriptor type = message.getDescriptorForType();
        if (type.getFullName().startsWith(WELL_KNOWN)) {
            return message;
        }
        Message.Builder builder = message.toBuilder();
        for (Block block : blocks.getOrDefault(type.getFullName(), List.of())) {
            if (block.holds(message)) {
                block.fields.forEach(name -> set(builder, type.findFieldByName(name), block.values));
            }
        }
        Derived.add(builder);
        builder.getAllFields().forEach((field, value) -> {
            if (field.getJavaType() == JavaType.MESSAGE) {
                into(builder, field, value);
            }
        });
        return builder.build();
    }

    private static void set(Message.Builder builder, FieldDescriptor field, Message values) {
        boolean open = field.isRepeated()
                ? builder.getRepeatedFieldCount(field) == 0
                : field.hasPresence()
                        ? !builder.hasField(field)
                        : builder.getField(field).equals(field.getDefaultValue());
        var oneof = field.getRealContainingOneof();
        if (open && (oneof == null || !builder.hasOneof(oneof))) {
            builder.setField(field, values.getField(field));
        }
    }

    private void into(Message.Builder builder, FieldDescriptor field, Object value) {
        if (!field.isRepeated()) {
            builder.setField(field, fill((Message) value));
            return;
        }
        for (int i = 0; i < builder.getRepeatedFieldCount(field); i++) {
            builder.setRepeatedField(field, i, fill((Message) builder.getRepeatedField(field, i)));
        }
    }

    private Any inside(Any any) {
        Message prototype = types.findByUrl(any.getTypeUrl());
        if (prototype == null) {
            return any;
        }
        try {
            ByteString bytes = fill(prototype.newBuilderForType().mergeFrom(any.getValue()).build()).toByteString();
            return any.toBuilder().setValue(bytes).build();
        } catch (InvalidProtocolBufferException e) {
            return any;
        }
    }

    /**
     * Whether a field without presence is to be shown although it is zero, because zero is its default and says
     * something.
     */
    public boolean shows(Message message, FieldDescriptor field) {
        return named(field.getContainingType().getFullName(), field.getName(), message);
    }

    /** Whether any table has a default for this field. */
    public boolean has(String message, String field) {
        return blocks.getOrDefault(message, List.of()).stream().anyMatch(block -> block.fields.contains(field));
    }

    private boolean named(String type, String field, Message message) {
        return blocks.getOrDefault(type, List.of()).stream()
                .anyMatch(block -> block.fields.contains(field) && block.holds(message));
    }
}
