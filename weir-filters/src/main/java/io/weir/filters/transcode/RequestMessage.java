package io.weir.filters.transcode;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
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
        return !said.isEmpty();
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
            } else if (!spec.queries().unknownIgnored()) {
                throw new Unfit("the call has no field for query parameter " + name,
                        !spec.strictness().unknownParameters());
            }
        }
    }

    private void say(List<FieldDescriptor> fields, String text) throws Unfit {
        try {
            said.add(new Said(fields, json.value(fields.getLast(), text)));
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
            if (body != null) {
                body(body, type, message);
            }
            for (var one : said) {
                set(message, one);
            }
        } catch (InvalidProtocolBufferException e) {
            throw new Unfit(String.valueOf(e.getMessage()), false);
        }
        said.clear(); // of a stream, the first message has it all
        return message.buildPartial().toByteArray(); // what proto2 requires is for the server to miss
    }

    private void body(byte[] body, @Nullable String type, DynamicMessage.Builder message)
            throws InvalidProtocolBufferException {
        var field = binding.body();
        Message.Builder raw = HttpBodies.is(binding.method().getInputType(), field)
                ? (field == null ? message : message.getFieldBuilder(field))
                : null;
        if (raw != null) {
            HttpBodies.write(raw, ByteString.copyFrom(body), type);
        } else if (!blank(body)) {
            if (field == null) {
                json.read(body, message);
            } else {
                json.read(body, field, message);
            }
        }
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
    private void set(DynamicMessage.Builder message, Said one) throws Unfit {
        Message.Builder in = message;
        for (int i = 0; i < one.fields.size() - 1; i++) {
            in = in.getFieldBuilder(one.fields.get(i));
        }
        var field = one.fields.getLast();
        if (field.isRepeated()) {
            in.addRepeatedField(field, one.value);
            return;
        }
        boolean there = field.hasPresence()
                ? in.hasField(field)
                : !in.getField(field).equals(field.getDefaultValue());
        if (there && !spec.strictness().collisions()) {
            return;
        }
        if (there && !in.getField(field).equals(one.value)) {
            throw new Unfit("the body and the path or query say different things of " + field.getName(), false);
        }
        in.setField(field, one.value);
    }
}
