package io.weir.core.balance;

import io.weir.core.balance.Pick.Chosen;
import io.weir.core.model.Host;
import io.weir.core.model.HostList;
import io.weir.core.follow.Overlap;
import io.weir.core.odds.Blocks;
import java.util.Arrays;
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

    private final HostList list;
    /** Beside {@link #chosen}, as a look at a host is on the way of every pick and its answer only once. */
    private final Host[] hosts;
    private final Chosen[] chosen;
    /** Null: each weighs {@link #each}. */
    private final int @Nullable [] weights;
    private final int each;
    private final boolean panicking;
    /** Each weight is the announced one of its host. */
    private final boolean plain;

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
        this(HostList.copyOf(hosts), chosen(hosts), weights, 1, panicking, false);
    }

    /**
     * @param weights
     *            null: each weighs {@code each}, which means nothing otherwise
     */
    private Group(HostList list, Chosen[] chosen, int @Nullable [] weights, int each, boolean panicking,
            boolean plain) {
        if (list.isEmpty()) {
            throw new IllegalArgumentException("a group has at least one host");
        }
        this.list = list;
        this.hosts = list.array();
        this.chosen = chosen;
        this.each = weights == null ? each : weights[0];
        this.weights = weights == null || Blocks.equal(weights) ? null : weights;
        this.panicking = panicking;
        this.plain = plain;
    }

    private static Chosen[] chosen(List<Host> hosts) {
        Chosen[] chosen = new Chosen[hosts.size()];
        for (int i = 0; i < chosen.length; i++) {
            chosen[i] = new Chosen(hosts.get(i));
        }
        return chosen;
    }

    /** These hosts by their weights, as {@link #weights(List)} has them. */
    static Group of(List<Host> hosts, boolean panicking) {
        int[] weights = weights(hosts);
        boolean plain = true;
        for (int i = 0; i < weights.length && plain; i++) {
            plain = weights[i] == hosts.get(i).endpoint().weight();
        }
        HostList list = HostList.copyOf(hosts);
        return new Group(list, chosen(list), weights, 1, panicking, plain);
    }

    /**
     * The group of these hosts, made from this one without a look at those that have not changed since; null where that
     * cannot be, as weights are not the announced ones.
     *
     * @param overlap
     *            where they are those of this group, unchanged
     */
    @Nullable
    Group after(HostList now, Overlap overlap) {
        int size = now.size();
        Chosen[] picks = new Chosen[size];
        overlap.carry(chosen, picks);
        int[] few = new int[size - overlap.runs().stream().mapToInt(Overlap.Run::length).sum()];
        int[] count = {0};
        overlap.rest(i -> few[count[0]++] = i);
        boolean differ = weights != null;
        for (int i : few) {
            Host host = now.get(i);
            if (!plain || host.weightFactor() < 1) {
                return null;
            }
            picks[i] = new Chosen(host);
            differ |= host.endpoint().weight() != each;
        }
        return new Group(now, picks, differ ? weights(now, overlap, few) : null, each, panicking, plain);
    }

    private int[] weights(HostList now, Overlap overlap, int[] few) {
        int[] next = new int[now.size()];
        if (weights == null) {
            Arrays.fill(next, each);
        } else {
            overlap.carry(weights, next);
        }
        for (int i : few) {
            next[i] = now.get(i).endpoint().weight();
        }
        return next;
    }

    /** The same hosts with the same weights. */
    boolean same(Group other) {
        return weight(0) == other.weight(0) && Arrays.equals(weights, other.weights) && list.equals(other.list);
    }

    /** The same hosts with other weights, one for each, at least 1. */
    Group weighing(int[] others) {
        return new Group(list, chosen, others, 1, panicking, false);
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

    HostList hosts() {
        return list;
    }

    Host host(int index) {
        return hosts[index];
    }

    int weight(int index) {
        return weights == null ? each : weights[index];
    }

    /** The weights, not to be changed. */
    int[] weights() {
        if (weights != null) {
            return weights;
        }
        int[] all = new int[hosts.length];
        Arrays.fill(all, each);
        return all;
    }

    /** Weights differ. */
    boolean weighted() {
        return weights != null;
    }

    /** One of all hosts, each as likely. */
    int any(RandomGenerator random) {
        return below(random.nextLong() >>> 32, chosen.length);
    }

    /** Maps 32 random bits to 0 ... bound - 1 without a division (Lemire 2019; the bias is below bound / 2^32). */
    static int below(long bits32, int bound) {
        return (int) ((bits32 * bound) >>> 32);
    }

    /**
     * One of all hosts neither out nor excluded, each as often as it weighs; where there is none, one that is not out;
     * else null. Not the neighbour of a host that cannot be used: behind many in a row it would get the part of all.
     * Looks at each host twice.
     *
     * @param bits
     *            64 random bits, which say which one it is
     */
    @Nullable
    Chosen scan(PickContext context, long bits) {
        Chosen found = drawn(context, false, bits);
        return found != null ? found : drawn(context, true, bits);
    }

    private @Nullable Chosen drawn(PickContext context, boolean tried, long bits) {
        long sum = 0;
        for (int i = 0; i < hosts.length; i++) {
            sum += fits(i, context, tried) ? weight(i) : 0;
        }
        long left = Math.unsignedMultiplyHigh(bits, sum);
        int last = -1;
        for (int i = 0; i < hosts.length && left >= 0; i++) {
            if (fits(i, context, tried)) {
                last = i;
                left -= weight(i);
            }
        }
        // hosts go down while we look: past the end, the last one stands
        return last < 0 ? null : chosen[last];
    }

    private boolean fits(int i, PickContext context, boolean tried) {
        return tried ? !out(hosts[i]) : usable(i, context);
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
