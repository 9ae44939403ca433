package io.weir.core.balance;

import io.weir.core.balance.Pick.Chosen;
import io.weir.core.model.Host;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The hosts that one chooser chooses from, with their weights as they were when it was built. Whether a host may be
 * chosen is asked here and not of the host: in panic those that are down are chosen too. Immutable; never empty.
 */
final class Group {
    /** How many times a chooser follows its own order before it looks at the hosts one by one. */
    static final int TRIES_MAX = 8;

    /**
     * What whole weights are multiplied by where a host gets a part of its own: parts of a hundredth are told apart.
     */
    private static final int PART_SCALE = 1000;

    /** Beside {@link #chosen}, as a look at a host is on the way of every pick and its answer only once. */
    private final Host[] hosts;
    private final Chosen[] chosen;
    private final int[] weights;
    private final boolean weighted;
    private final boolean panicking;

    /** These hosts, each with its announced weight times its {@link Host#weightFactor}. */
    Group(List<Host> hosts) {
        this(hosts, weights(hosts), false);
    }

    /**
     * @param weights
     *            one for each host, at least 1
     * @param panicking
     *            hosts that are down may be chosen
     */
    Group(List<Host> hosts, int[] weights, boolean panicking) {
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("a group has at least one host");
        }
        this.hosts = hosts.toArray(Host[]::new);
        this.chosen = new Chosen[this.hosts.length];
        this.weights = weights;
        this.panicking = panicking;
        boolean differ = false;
        for (int i = 0; i < chosen.length; i++) {
            chosen[i] = new Chosen(this.hosts[i]);
            differ |= weights[i] != weights[0];
        }
        weighted = differ;
    }

    /** The same hosts with other weights, one for each, at least 1. */
    Group weighing(int[] others) {
        return new Group(hosts(), others, panicking);
    }

    /** What each of these hosts weighs now, against the others. */
    static int[] weights(List<Host> hosts) {
        int[] weights = new int[hosts.size()];
        int greatest = 1;
        boolean parts = false;
        for (int i = 0; i < weights.length; i++) {
            Host host = hosts.get(i);
            weights[i] = host.endpoint().weight();
            greatest = Math.max(greatest, weights[i]);
            parts |= host.weightFactor() < 1;
        }
        if (parts) {
            double scale = Math.min(PART_SCALE, (double) Integer.MAX_VALUE / greatest);
            for (int i = 0; i < weights.length; i++) {
                weights[i] = (int) Math.max(1, Math.round(weights[i] * scale * hosts.get(i).weightFactor()));
            }
        }
        return weights;
    }

    /** Not to be chosen now. Health may not be believed, but a refused connect is. */
    boolean out(Host host) {
        return panicking ? host.ejected() : host.down();
    }

    /** To be chosen now, for this request. */
    boolean usable(Host host, PickContext context) {
        return !out(host) && !context.excluded(host);
    }

    boolean usable(int index, PickContext context) {
        return usable(hosts[index], context);
    }

    int size() {
        return chosen.length;
    }

    /** The answer that names this host. */
    Chosen at(int index) {
        return chosen[index];
    }

    List<Host> hosts() {
        return List.of(hosts);
    }

    Host host(int index) {
        return hosts[index];
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
        int spare = -1;
        int length = hosts.length;
        for (int n = 0, i = start; n < length; n++, i = i + 1 == length ? 0 : i + 1) {
            if (!out(hosts[i])) {
                if (!context.excluded(hosts[i])) {
                    return chosen[i];
                }
                if (spare < 0) {
                    spare = i;
                }
            }
        }
        return spare < 0 ? null : chosen[spare];
    }

    /** At random one that is not excluded, ejected or not; else any. */
    Chosen regardless(PickContext context) {
        int start = any(context.random());
        int length = chosen.length;
        for (int n = 0, i = start; n < length; n++, i = i + 1 == length ? 0 : i + 1) {
            if (!context.excluded(hosts[i])) {
                return chosen[i];
            }
        }
        return chosen[start];
    }
}
