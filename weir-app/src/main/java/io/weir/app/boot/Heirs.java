package io.weir.app.boot;

import io.weir.xds.spec.FilterChainSpec;
import io.weir.xds.spec.ListenerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which chain of a listener comes after which when the listener changes: those that have not changed after themselves,
 * the others after what was in their place. No chain of before has two heirs. The conductor's.
 */
final class Heirs {
    private final List<Tenure> left;
    private final List<@Nullable Tenure> same = new ArrayList<>();
    private final List<@Nullable Tenure> before = new ArrayList<>();

    /**
     * @param next
     *            the listener as it is to be
     * @param front
     *            of the listener as it has been; null: it is new
     * @param wanted
     *            what the chains are to be made of
     */
    Heirs(ListenerSpec next, @Nullable Front front, List<Tenure.Made> wanted) {
        left = front == null ? new ArrayList<>() : new ArrayList<>(front.chains());
        // numbers and the log call a chain by its listener
        boolean keeps = front != null && front.spec().name().equals(next.name())
                && front.spec().statPrefix().equals(next.statPrefix());
        for (Tenure.Made each : wanted) { // first: what stays is in nobody's place
            same.add(keeps ? taken(tenure -> tenure.of().same(each)) : null);
        }
        for (int i = 0; i < wanted.size(); i++) {
            before.add(same.get(i) == null ? before(wanted.get(i).spec()) : null);
        }
    }

    /** What serves this chain already and need not change; null: nothing. */
    @Nullable
    Tenure same(int chain) {
        return same.get(chain);
    }

    /** What has been in the place of this chain, which has changed; null: nothing. */
    @Nullable
    Tenure before(int chain) {
        return before.get(chain);
    }

    /** That of the same name, or else that for the same connections. */
    private @Nullable Tenure before(FilterChainSpec chain) {
        Tenure named = chain.name().isEmpty()
                ? null
                : taken(each -> each.of().spec().name().equals(chain.name()));
        return named != null ? named : taken(each -> each.of().spec().match().equals(chain.match()));
    }

    private @Nullable Tenure taken(Predicate<Tenure> fits) {
        for (int i = 0; i < left.size(); i++) {
            if (fits.test(left.get(i))) {
                return left.remove(i);
            }
        }
        return null;
    }
}
