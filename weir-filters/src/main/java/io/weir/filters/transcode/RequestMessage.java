package io.weir.filters.transcode;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request says of its message: first its path and query, then its body. One for each request; belongs to one
 * worker.
 */
final class RequestMessage {
    private static final int PARAMETERS_MAX = 1_000;

    private final TranscodeSpec spec;
    private final Json json;
    private final Binding binding;
    private final List<Said> said = new ArrayList<>();
    /** Parameters that the message has no field for. */
    private final Map<String, List<String>> captured = new LinkedHashMap<>();

    private record Said(List<FieldDescriptor> fields, Object value) {
    }

    /** A request that cannot become a message; says what is wrong with it. */
    static final class Unfit extends Exception {
        private static final long serialVersionUID = 1;
        private final boolean passable;

        Unfit(String message, boolean passable) {
            super(message);
            this.passable = passable;
        }

        /** Whether it may be no request for this filter at all. */
        boolean passable() {
            return passable;
        }
    }

    RequestMessage(TranscodeSpec spec, Json json, TemplateIndex.Match<Binding> match) throws Unfit {
        this.spec = spec;
        this.json = json;
        this.binding = match.found();
        var segments = match.segments();
        for (var bound : binding.variables()) {
            var variable = bound.variable();
            int to = variable.to() == 0 ? segments.size() : variable.to();
            String text = String.join("/", segments.subList(Math.min(variable.from(), to), to));
            say(bound.fields(), (variable.single() ? Escapes.ALL : spec.escapes()).decoded(text, false));
        }
    }

    Binding binding() {
        return binding;
    }

    /** Whether path and query have said anything. */
    boolean saysAnything() {
        return !said.isEmpty() || !captured.isEmpty();
    }

    /** Reads the query, without its question mark. */
    void query(String query) throws Unfit {
        String[] parameters = query.split("&", PARAMETERS_MAX + 1);
        if (parameters.length > PARAMETERS_MAX) {
            throw new Unfit("more than " + PARAMETERS_MAX + " query parameters", false);
        }
        for (String parameter : parameters) {
            if (parameter.isEmpty()) {
                continue;
            }
            int equals = parameter.indexOf('=');
            boolean plus = spec.queries().plusIsSpace();
            String name = Escapes.ALL.decoded(equals < 0 ? parameter : parameter.substring(0, equals), plus);
            String value = equals < 0 ? "" : Escapes.ALL.decoded(parameter.substring(equals + 1), plus);
            if (spec.queries().ignored().contains(name)) {
                continue;
            }
            var fields = FieldPaths.of(binding.method().getInputType(), name);
            if (fields != null && !fields.getLast().isMapField()) {
                say(fields, value);
            } else if (spec.queries().unknownCaptured()) {
                captured.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(value);
            } else if (!spec.queries().unknownIgnored()) {
                throw new Unfit("the call has no field for query parameter " + name,
                        !spec.strictness().unknownParameters());
            }
        }
    }

    private void say(List<FieldDescriptor> fields, String text) throws Unfit {
        try {
            var value = json.value(fields.getLast(), text);
            for (var earlier : said) {
                if (FieldPaths.clash(earlier.fields, fields)) { // the path's stands, and is said first
                    if (spec.strictness().collisions() && !earlier.value.equals(value)) {
                        throw differs(fields);
                    }
                    return;
                }
            }
            said.add(new Said(fields, value));
        } catch (InvalidProtocolBufferException e) {
            throw new Unfit(String.valueOf(e.getMessage()), false);
        }
    }

    /**
     * The message's bytes.
     *
     * @param body
     *            null where the body says nothing
     * @param type
     *            the body's, for messages that carry what it is
     */
    byte[] message(byte @Nullable [] body, @Nullable String type) throws Unfit {
        var message = DynamicMessage.newBuilder(binding.method().getInputType());
        try {
            var text = body == null ? null : body(body, type, message);
            for (var one : said) {
                set(message, one, text);
            }
        } catch (InvalidProtocolBufferException e) {
            throw new Unfit(String.valueOf(e.getMessage()), false);
        }
        said.clear(); // of a stream, the first message has it all
        captured.clear();
        return message.buildPartial().toByteArray(); // what proto2 requires is for the server to miss
    }

    /** Takes the body in; its text, where there is one that path or query may clash with. */
    private @Nullable JsonElement body(byte[] body, @Nullable String type, DynamicMessage.Builder message)
            throws InvalidProtocolBufferException {
        var field = binding.body();
        Message.Builder raw = HttpBodies.is(binding.method().getInputType(), field)
                ? (field == null ? message : message.getFieldBuilder(field))
                : null;
        if (raw != null) {
            HttpBodies.write(raw, ByteString.copyFrom(body), type);
            if (!captured.isEmpty()) {
                HttpBodies.capture(raw, captured);
            }
        } else if (!blank(body)) {
            if (field == null) {
                json.read(body, message);
            } else {
                json.read(body, field, message);
            }
            return said.isEmpty() ? null : JsonParser.parseString(new String(body, StandardCharsets.UTF_8));
        }
        return null;
    }

    private static boolean blank(byte[] body) {
        for (byte b : body) {
            if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
                return false;
            }
        }
        return true;
    }

    /** What the body has said stands. */
    private void set(DynamicMessage.Builder message, Said one, @Nullable JsonElement text) throws Unfit {
        var its = one.fields.getLast();
        if (!its.isRepeated() && inBody(message, one.fields, text)) {
            if (spec.strictness().collisions() && !value(message, one.fields).equals(one.value)) {
                throw differs(one.fields);
            }
            return;
        }
        Message.Builder in = message;
        for (int i = 0; i < one.fields.size() - 1; i++) {
            in = in.getFieldBuilder(one.fields.get(i));
        }
        if (its.isRepeated()) {
            in.addRepeatedField(its, one.value);
        } else {
            in.setField(its, one.value);
        }
    }

    /** Whether the body has said it, be it the default, of which a message does not tell. */
    private boolean inBody(DynamicMessage.Builder message, List<FieldDescriptor> fields, @Nullable JsonElement text) {
        if (text == null) { // no body, or one that is no text: what it has set is what it has said
            var its = fields.getLast();
            return !its.isRepeated() && its.getJavaType() != FieldDescriptor.JavaType.MESSAGE
                    && !value(message, fields).equals(its.getDefaultValue());
        }
        var field = binding.body();
        if (field == null) {
            return FieldPaths.said(text, fields);
        }
        return field.equals(fields.getFirst()) && FieldPaths.said(text, fields.subList(1, fields.size()));
    }

    private static Object value(MessageOrBuilder message, List<FieldDescriptor> fields) {
        var in = message;
        for (var field : fields.subList(0, fields.size() - 1)) {
            in = (MessageOrBuilder) in.getField(field);
        }
        return in.getField(fields.getLast());
    }

    private static Unfit differs(List<FieldDescriptor> fields) {
        return new Unfit("the body, the path and the query say different things of " + fields.getLast().getName(),
                false);
    }
}
