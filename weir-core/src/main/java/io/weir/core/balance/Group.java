package io.weir.core.balance;

import io.weir.core.balance.Pick.Chosen;
import io.weir.core.model.Host;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The hosts that one chooser chooses from, with their weights as they were when it was built. Immutable; never empty.
 */
final class Group {
    /** How many times a chooser follows its own order before it looks at the hosts one by one. */
    static final int TRIES_MAX = 8;

    private final Chosen[] chosen;
    private final int[] weights;
    private final boolean weighted;

    Group(List<Host> hosts) {
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("a group has at least one host");
        }
        chosen = new Chosen[hosts.size()];
        weights = new int[chosen.length];
        boolean differ = false;
        for (int i = 0; i < chosen.length; i++) {
            Host host = hosts.get(i);
            chosen[i] = new Chosen(host);
            weights[i] = host.endpoint().weight();
            differ |= weights[i] != weights[0];
        }
        weighted = differ;
    }

    int size() {
        return chosen.length;
    }

    Chosen at(int index) {
        return chosen[index];
    }

    int weight(int index) {
        return weights[index];
    }

    /** The weights, not to be changed. */
    int[] weights() {
        return weights;
    }

    /** Weights differ. */
    boolean weighted() {
        return weighted;
    }

    /** One of all hosts, each as likely. */
    int any(RandomGenerator random) {
        return below(random.nextLong() >>> 32, chosen.length);
    }

    /** Maps 32 random bits to 0 ... bound - 1 without a division (Lemire 2019; the bias is below bound / 2^32). */
    static int below(long bits32, int bound) {
        return (int) ((bits32 * bound) >>> 32);
    }

    /** From {@code start} on the first host neither ejected nor excluded, else the first not ejected, else null. */
    @Nullable
    Chosen scan(PickContext context, int start) {
        Chosen spare = null;
        int length = chosen.length;
        for (int n = 0, i = start; n < length; n++, i = i + 1 == length ? 0 : i + 1) {
            Chosen candidate = chosen[i];
            if (!candidate.host().down()) {
                if (!context.excluded(candidate.host())) {
                    return candidate;
                }
                if (spare == null) {
                    spare = candidate;
                }
            }
        }
        return spare;
    }

    /** At random one that is not excluded, ejected or not; else any. */
    Chosen regardless(PickContext context) {
        int start = any(context.random());
        int length = chosen.length;
        for (int n = 0, i = start; n < length; n++, i = i + 1 == length ? 0 : i + 1) {
            if (!context.excluded(chosen[i].host())) {
                return chosen[i];
            }
        }
        return chosen[start];
    }
}
