package io.weir.filters.transcode;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One way to call a method: what of the request goes where. Immutable.
 *
 * @param method
 *            the one that is called
 * @param path
 *            its own path, {@code /package.Service/Method}
 * @param variables
 *            of the template
 * @param bodyMapped
 *            whether the body says anything; where not, it is let go
 * @param body
 *            the field that the body is, null: the whole message
 * @param responseBody
 *            the field that the answer's body is, null: the whole message
 */
record Binding(MethodDescriptor method, String path, List<Bound> variables, boolean bodyMapped,
        @Nullable FieldDescriptor body, @Nullable FieldDescriptor responseBody) {
    Binding {
        variables = List.copyOf(variables);
    }

    /**
     * A variable and its field.
     *
     * @param fields
     *            from the request's message inwards
     */
    record Bound(HttpTemplate.Variable variable, List<FieldDescriptor> fields) {
        Bound {
            fields = List.copyOf(fields);
        }
    }
}
