package io.weir.filters.rbac;

import io.weir.core.access.Condition;
import io.weir.http.filter.FilterExchange;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads lists of permissions and of principals, which are put together in the same way. Null after a problem. */
final class SetReader {
    private SetReader() {}

    /** Reads one of them. */
    interface One<M> {
        @Nullable
        Condition<FilterExchange> read(M message, ReadContext at);
    }

    /** At least one of these. */
    static <M> @Nullable Condition<FilterExchange> some(String list, List<M> messages, One<M> one,
            ReadContext context) {
        var read = read(list, messages, one, context);
        return read == null ? null : new Condition.Some<>(read);
    }

    /** All of these. */
    static <M> @Nullable Condition<FilterExchange> all(String list, List<M> messages, One<M> one,
            ReadContext context) {
        var read = read(list, messages, one, context);
        return read == null ? null : new Condition.All<>(read);
    }

    /** Not this one. */
    static <M> @Nullable Condition<FilterExchange> not(M message, One<M> one, ReadContext at) {
        var condition = one.read(message, at);
        return condition == null ? null : new Condition.Not<>(condition);
    }

    /** All or none: what is missing would let in whom it should not. */
    private static <M> @Nullable List<Condition<FilterExchange>> read(String list, List<M> messages, One<M> one,
            ReadContext context) {
        var conditions = new ArrayList<Condition<FilterExchange>>();
        for (int i = 0; i < messages.size(); i++) {
            var condition = one.read(messages.get(i), context.at(list, i));
            if (condition != null) {
                conditions.add(condition);
            }
        }
        return conditions.size() == messages.size() ? conditions : null;
    }
}
