package io.weir.filters.mutation;

import io.weir.http.codec.HttpHead;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import java.util.List;

/** The header mutation filter at one connection. */
class MutationStep implements FilterStep {
    private final List<Mutations> mutations;
    private final FilterExchange exchange;

    MutationStep(List<Mutations> mutations, FilterExchange exchange) {
        this.mutations = mutations;
        this.exchange = exchange;
    }

    /** The same where trailers of requests are changed too: then bodies have to be seen passing. */
    static final class WithTrailers extends MutationStep implements BodyStep {
        WithTrailers(List<Mutations> mutations, FilterExchange exchange) {
            super(mutations, exchange);
        }

        @Override
        public Flow requestTrailers(HttpHead trailers) {
            changeRequestTrailers(trailers);
            return Flow.NEXT;
        }
    }

    final void changeRequestTrailers(HttpHead trailers) {
        for (int i = 0; i < mutations.size(); i++) {
            FieldMutation.applyAll(mutations.get(i).requestTrailers(), trailers, exchange.formats());
        }
    }

    @Override
    public Flow requestHead(HttpHead request) {
        for (int i = 0; i < mutations.size(); i++) {
            FieldMutation.applyAll(mutations.get(i).request(), request, exchange.formats());
            QueryMutation.applyAll(mutations.get(i).query(), request, exchange.formats());
        }
        return Flow.NEXT;
    }

    @Override
    public void responseHead(HttpHead response) {
        for (int i = 0; i < mutations.size(); i++) {
            FieldMutation.applyAll(mutations.get(i).response(), response, exchange.formats());
        }
    }

    @Override
    public void responseTrailers(HttpHead trailers) {
        for (int i = 0; i < mutations.size(); i++) {
            FieldMutation.applyAll(mutations.get(i).responseTrailers(), trailers, exchange.formats());
        }
    }
}
