package io.weir.filters.transcode;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts the rules of methods, {@code google.api.http}, into an index. Source: {@code google/api/http.proto}. */
final class Rules {
    private static final String WHOLE = "*";
    private static final String CURE = "mend the annotation google.api.http, or leave the service out";

    private static final Set<String> UNFIT = Set.of("HEAD", "CONNECT");

    private final ReadContext context;
    private final TemplateIndex<Binding> index;

    Rules(ReadContext context, TemplateIndex<Binding> index) {
        this.context = context;
        this.index = index;
    }

    /** Adds a method with all its bindings; false after a problem. */
    boolean add(MethodDescriptor method, boolean unannotated) {
        String path = "/" + method.getService().getFullName() + "/" + method.getName();
        if (!method.getOptions().hasExtension(AnnotationsProto.http)) {
            return !unannotated || index.add("POST", HttpTemplate.of(path),
                    new Binding(method, path, List.of(), true, null, null)) || taken(method, "POST " + path);
        }
        HttpRule rule = method.getOptions().getExtension(AnnotationsProto.http);
        boolean well = add(method, path, rule);
        for (HttpRule more : rule.getAdditionalBindingsList()) {
            well &= add(method, path, more);
        }
        return well;
    }

    private boolean add(MethodDescriptor method, String path, HttpRule rule) {
        return switch (rule.getPatternCase()) {
            case GET -> add(method, path, rule, "GET", rule.getGet());
            case PUT -> add(method, path, rule, "PUT", rule.getPut());
            case POST -> add(method, path, rule, "POST", rule.getPost());
            case DELETE -> add(method, path, rule, "DELETE", rule.getDelete());
            case PATCH -> add(method, path, rule, "PATCH", rule.getPatch());
            case CUSTOM -> add(method, path, rule, rule.getCustom().getKind(), rule.getCustom().getPath());
            case PATTERN_NOT_SET -> wrong(method, "its rule has no pattern");
        };
    }

    private boolean add(MethodDescriptor method, String path, HttpRule rule, String verb, String pattern) {
        if (verb.isEmpty() || UNFIT.contains(verb)) {
            return wrong(method, pattern + ": requests of method \"" + verb + "\" cannot be calls");
        }
        HttpTemplate template;
        try {
            template = HttpTemplate.of(pattern);
        } catch (IllegalArgumentException e) {
            return wrong(method, pattern + ": " + e.getMessage());
        }
        var bound = new ArrayList<Binding.Bound>();
        for (var variable : template.variables()) {
            var fields = FieldPaths.of(method.getInputType(), variable.field());
            if (fields == null || fields.getLast().isRepeated()) {
                return wrong(method, pattern + ": the request has no such field: " + variable.field());
            }
            bound.add(new Binding.Bound(variable, fields));
        }
        boolean whole = rule.getBody().isEmpty() || rule.getBody().equals(WHOLE);
        var body = whole ? null : FieldPaths.named(method.getInputType(), rule.getBody());
        if (!whole && body == null) {
            return wrong(method, "the request has no field " + rule.getBody() + " for its body");
        }
        var answer = answerField(method, rule);
        if (answer == null && !rule.getResponseBody().isEmpty()) {
            return wrong(method, "the answer has no field " + rule.getResponseBody() + " for its body");
        }
        var binding = new Binding(method, path, bound, !rule.getBody().isEmpty(), body, answer);
        return index.add(verb, template, binding) || taken(method, verb + " " + pattern);
    }

    private static @Nullable FieldDescriptor answerField(MethodDescriptor method, HttpRule rule) {
        return rule.getResponseBody().isEmpty()
                ? null
                : FieldPaths.named(method.getOutputType(), rule.getResponseBody());
    }

    private boolean taken(MethodDescriptor method, String pattern) {
        return wrong(method, "another method has the pattern " + pattern + " already");
    }

    private boolean wrong(MethodDescriptor method, String what) {
        context.problem("", method.getFullName(), what, CURE);
        return false;
    }
}
