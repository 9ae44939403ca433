package io.weir.xds.check;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.linecorp.armeria.internal.shaded.xds.pgv.validate.Validate.FieldRules;
import com.linecorp.armeria.internal.shaded.xds.pgv.validate.Validate.MapRules;
import com.linecorp.armeria.internal.shaded.xds.pgv.validate.Validate.RepeatedRules;

import io.weir.xds.check.RuleBook.FieldCheck;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.MessageTypes;
import io.weir.xds.yaml.Positions;

/**
 * The rules that the messages of Envoy's API state about their own fields (protoc-gen-validate), read from the
 * descriptors. All violations are reported, not the first; what is inside an Any is checked as well. Stateless; any
 * thread.
 *
 * @see <a href="https://github.com/bufbuild/protoc-gen-validate">protoc-gen-validate, "Constraint Rules"</a>
 */
public final class Rules {
    /** How many Any may stand in one another. */
    private static final int NESTED_ANY_MAX = 32;

    private final MessageTypes types;
    private final Report report;
    private final ValueRules values;
    private int anys;

    private Rules(MessageTypes types, Report report) {
        this.types = types;
        this.report = report;
        this.values = new ValueRules(report);
    }

    /**
     * Checks a message, and all in it, with the types of Envoy's API.
     *
     * @param path
     *            what the paths of problems begin with
     * @param positions
     *            where fields were written; may be {@link Positions#none()}
     * @param out
     *            problems are added here
     */
    public static void check(Message message, String path, Positions positions, List<Problem> out) {
        check(message, path, positions, MessageTypes.envoy(), out);
    }

    /** The same, with the types that an Any may hold. */
    public static void check(Message message, String path, Positions positions, MessageTypes types,
            List<Problem> out) {
        new Rules(types, new Report(path, positions, out)).message(Views.of(message));
    }

    private void message(Message message) {
        Descriptor type = message.getDescriptorForType();
        if (Views.isAny(type)) {
            any(message);
            return;
        }
        if (type.getFullName().startsWith("google.protobuf.")) {
            return;
        }
        RuleBook book = RuleBook.of(type);
        if (book.unchecked()) {
            return;
        }
        List<FieldCheck> fields = book.fields();
        for (int i = 0; i < fields.size(); i++) {
            FieldCheck check = fields.get(i);
            FieldDescriptor field = check.field();
            boolean set = field.isRepeated() ? message.getRepeatedFieldCount(field) > 0 : message.hasField(field);
            if (set || check.always()) {
                int mark = report.field(field.getName());
                field(message, check, set);
                report.leave(mark);
            }
        }
        for (OneofDescriptor oneof : book.required()) {
            if (!message.hasOneof(oneof)) {
                missingOneof(oneof);
            }
        }
    }

    private void missingOneof(OneofDescriptor oneof) {
        StringBuilder names = new StringBuilder();
        for (FieldDescriptor field : oneof.getFields()) {
            if (!field.getOptions().getDeprecated()) {
                names.append(names.isEmpty() ? "" : ", ").append(field.getName());
            }
        }
        report.error("", oneof.getContainingType().getName() + " lacks its " + oneof.getName().replace('_', ' '),
                oneof.getFieldCount() == 1 ? "add " + names : "add one of: " + names);
    }

    private void any(Message any) {
        if (Views.typeName(any).isEmpty() || anys >= NESTED_ANY_MAX) {
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
            report.error(Views.typeName(any), "the bytes here are not of the type that is named", "send them anew");
        }
    }

    private void field(Message message, FieldCheck check, boolean set) {
        FieldDescriptor field = check.field();
        FieldRules rules = check.rules();
        if (field.isMapField()) {
            map(message, field, rules.getMap());
        } else if (field.isRepeated()) {
            repeated(message, field, rules.getRepeated());
        } else if (field.getJavaType() == JavaType.MESSAGE) {
            if (set) {
                submessage((Message) message.getField(field), field, rules);
            } else if (ValueRules.isRequired(rules)) {
                report.error("", "this is required", "add " + field.getName());
            }
        } else if (set || !field.hasPresence()) {
            values.check(field, rules, message.getField(field), set);
        }
    }

    private void submessage(Message value, FieldDescriptor field, FieldRules rules) {
        Descriptor type = value.getDescriptorForType();
        if (type.getFullName().startsWith("google.protobuf.")) {
            values.wellKnown(value, field, rules);
        }
        // A rule for Any on another message says whether it must be there; the validators do not look into it then.
        boolean misplaced = rules.hasAny() && !Views.isAny(type);
        if (!rules.getMessage().getSkip() && !misplaced) {
            message(value);
        }
    }

    private void repeated(Message message, FieldDescriptor field, RepeatedRules rules) {
        int count = message.getRepeatedFieldCount(field);
        if (count == 0 && rules.getIgnoreEmpty()) {
            return;
        }
        values.count(count, "items", rules.hasMinItems() ? rules.getMinItems() : 0,
                rules.hasMaxItems() ? rules.getMaxItems() : Long.MAX_VALUE);
        Set<Object> seen = rules.getUnique() ? new HashSet<>() : Set.of();
        for (int i = 0; i < count; i++) {
            Object item = message.getRepeatedField(field, i);
            int mark = report.item(i);
            if (rules.getUnique() && !seen.add(item)) {
                report.error(ValueRules.shown(item), "this item stands twice in its list", "keep one of them");
            }
            part(item, field, rules.getItems());
            report.leave(mark);
        }
    }

    private void map(Message message, FieldDescriptor field, MapRules rules) {
        int count = message.getRepeatedFieldCount(field);
        if (count == 0 && rules.getIgnoreEmpty()) {
            return;
        }
        values.count(count, "entries", rules.hasMinPairs() ? rules.getMinPairs() : 0,
                rules.hasMaxPairs() ? rules.getMaxPairs() : Long.MAX_VALUE);
        FieldDescriptor keyField = field.getMessageType().getFields().get(0);
        FieldDescriptor valueField = field.getMessageType().getFields().get(1);
        for (int i = 0; i < count; i++) {
            Message entry = (Message) message.getRepeatedField(field, i);
            Object key = entry.getField(keyField);
            int mark = report.key(key);
            part(key, keyField, rules.getKeys());
            part(entry.getField(valueField), valueField, rules.getValues());
            report.leave(mark);
        }
    }

    private void part(Object value, FieldDescriptor field, FieldRules rules) {
        if (value instanceof Message part) {
            submessage(part, field, rules);
        } else {
            values.check(field, rules, value, true);
        }
    }
}
