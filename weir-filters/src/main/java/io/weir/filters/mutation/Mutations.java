package io.weir.filters.mutation;

import java.util.List;

/** What one place of the configuration changes. Immutable. Source: Envoy's {@code Mutations}. */
record Mutations(List<FieldMutation> request, List<QueryMutation> query, List<FieldMutation> response,
        List<FieldMutation> requestTrailers, List<FieldMutation> responseTrailers) {
    static final Mutations NONE = new Mutations(List.of(), List.of(), List.of(), List.of(), List.of());

    Mutations {
        request = List.copyOf(request);
        query = List.copyOf(query);
        response = List.copyOf(response);
        requestTrailers = List.copyOf(requestTrailers);
        responseTrailers = List.copyOf(responseTrailers);
    }
}
