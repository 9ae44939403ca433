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
    private final List<Place> places = new ArrayList<>();

    /**
     * What is known of a chain.
     *
     * @param before
     *            what has been in its place; null: nothing
     * @param serves
     *            whether that serves on, and no connection has to end
     */
    record Place(@Nullable Tenure before, boolean serves) {
        private static final Place NEW = new Place(null, false);
    }

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
            Tenure same = keeps ? taken(tenure -> tenure.of().same(each)) : null;
            places.add(same == null ? Place.NEW : new Place(same, true));
        }
        for (int i = 0; i < wanted.size(); i++) {
            if (!places.get(i).serves()) {
                Tenure before = before(wanted.get(i).spec());
                places.set(i, new Place(before, keeps && before != null && before.of().sameForConnections(wanted.get(
                        i))));
            }
        }
    }

    /** By the number of what is wanted. */
    Place place(int chain) {
        return places.get(chain);
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
