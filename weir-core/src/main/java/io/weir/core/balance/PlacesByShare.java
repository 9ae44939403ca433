package io.weir.core.balance;

import io.weir.core.balance.Pick.Chosen;
import io.weir.core.odds.AliasTable;
import org.jspecify.annotations.Nullable;

/** First a locality, each as often as its share says, then a host there. Immutable; any thread. */
final class PlacesByShare implements Chooser {
    /** What the greatest share is scaled to. */
    private static final double SCALE = 1 << 20;

    private final Chooser[] places;
    private final AliasTable table;
    private final boolean byHash;

    /**
     * @param shares
     *            one for each place, in any unit, above 0
     * @param byHash
     *            the place goes by the request's hash, so that it stays the same for the same request
     */
    PlacesByShare(Chooser[] places, double[] shares, boolean byHash) {
        double greatest = 0;
        for (double share : shares) {
            greatest = Math.max(greatest, share);
        }
        int[] weights = new int[shares.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (int) Math.max(1, Math.round(shares[i] / greatest * SCALE));
        }
        this.places = places;
        this.byHash = byHash;
        this.table = new AliasTable(weights);
    }

    @Override
    public @Nullable Chosen choose(PickContext context) {
        // the hash itself says which host of a place it is: a part of it would leave only some of them
        long bits = byHash && context.hashed() ? Hashed.mixed(context.hash()) : context.random().nextLong();
        return at(places, table.draw(bits), context);
    }

    /** A host of this place, or of the next that has one. */
    static @Nullable Chosen at(Chooser[] places, int first, PickContext context) {
        Chosen chosen = places[first].choose(context);
        for (int n = 1, i = first; chosen == null && n < places.length; n++) {
            i = i + 1 == places.length ? 0 : i + 1;
            chosen = places[i].choose(context);
        }
        return chosen;
    }
}
