package io.weir.core.balance;

import io.weir.core.balance.Choosers.Former;
import io.weir.core.balance.Pick.Chosen;
import io.weir.core.model.BalancePolicy;
import io.weir.core.follow.Overlap;
import io.weir.core.odds.Blocks;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Hosts in turns, each as often as its weight says, on one cursor that all workers share. With equal weights the cursor
 * runs over the hosts. With weights it runs over a schedule laid out beforehand: of S slots host i has w[i], S / w[i]
 * apart, so each S picks are exact and a heavy host's turns are spread (earliest deadline first over the ideal turns;
 * Stiliadis and Varma, "Rate-Proportional Servers", 1998, give the deadlines). Hosts start in different phases, or all
 * light hosts would come in one lump. Very many hosts of different weights are in {@link Blocks}, whose turns are the
 * multiples of the golden ratio (Weyl's sequence): a schedule of all of them would be made anew whenever one changes.
 */
final class RoundRobin implements Chooser {
    /** Most slots of a schedule. Weights whose sum is larger are rounded, by at most half a slot and never to 0. */
    static final int SLOTS_MAX = 1 << 16;
    /** The same of one block of very many hosts. */
    private static final int BLOCK_SLOTS_MAX = 1 << 12;
    private static final double GOLDEN = 0.6180339887498949;

    private final Group group;
    /** All hosts; null where they are in blocks. */
    private final @Nullable Turns turns;
    private final @Nullable Blocks<Turns> blocks;
    private final AtomicLong cursor;

    /** Some hosts in turns: as often as their weights say, or one after the other. */
    private static final class Turns {
        private final int @Nullable [] schedule;
        private final int length;
        private final AtomicLong cursor;

        Turns(int size, int @Nullable [] schedule, long seed) {
            this.schedule = schedule;
            this.length = schedule == null ? size : schedule.length;
            this.cursor = new AtomicLong(Math.floorMod(seed, length));
        }

        int next() {
            int turn = (int) ((cursor.getAndIncrement() & Long.MAX_VALUE) % length);
            int[] order = schedule;
            return order == null ? turn : order[turn];
        }
    }

    RoundRobin(Group group, long seed) {
        this(group, seed, null, null);
    }

    /**
     * @param last
     *            of most of these hosts; null: there is none
     * @param overlap
     *            where its hosts are those of now, unchanged; null: nothing is known of that
     */
    RoundRobin(Group group, long seed, @Nullable RoundRobin last, @Nullable Overlap overlap) {
        this.group = group;
        this.cursor = new AtomicLong(seed);
        if (group.weighted() && group.size() > Blocks.ALONE_MAX) {
            turns = null;
            blocks = Blocks.of(group.weights(),
                    (start, its) -> new Turns(its.length,
                            Blocks.equal(its) ? null : schedule(slots(its, BLOCK_SLOTS_MAX)), seed + start),
                    last == null ? null : last.blocks, overlap);
        } else {
            blocks = null;
            turns = new Turns(group.size(), group.weighted() ? schedule(slots(group.weights())) : null, seed);
        }
    }

    static Chooser build(Group group, BalancePolicy.RoundRobin policy, long seed, @Nullable Former former) {
        return group.size() == 1
                ? new Single(group)
                : new RoundRobin(group, seed, Former.as(RoundRobin.class, former), Former.overlapOf(former));
    }

    @Override
    public @Nullable Chosen choose(PickContext context) {
        // a turn that cannot be used is used up: were the neighbour to take it, it would carry twice its share
        for (int tries = 0; tries < Group.TRIES_MAX; tries++) {
            int turn = next();
            if (group.usable(turn, context)) {
                return group.at(turn);
            }
        }
        return group.scan(context, context.random().nextLong());
    }

    private int next() {
        Turns all = turns;
        if (all != null) {
            return all.next();
        }
        Blocks<Turns> parts = Objects.requireNonNull(blocks);
        int block = parts.turn(cursor.getAndIncrement());
        return parts.start(block) + parts.of(block).next();
    }

    static int[] slots(int[] weights) {
        return slots(weights, SLOTS_MAX);
    }

    /** How many slots each host has: the weights in lowest terms, rounded where their sum is beyond the bound. */
    private static int[] slots(int[] weights, int slotsMax) {
        int divisor = 0;
        for (int weight : weights) {
            divisor = gcd(weight, divisor);
        }
        int[] slots = new int[weights.length];
        long sum = 0;
        for (int i = 0; i < weights.length; i++) {
            slots[i] = weights[i] / divisor;
            sum += slots[i];
        }
        long bound = Math.max(slotsMax, 2L * weights.length);
        if (sum > bound) {
            for (int i = 0; i < slots.length; i++) {
                slots[i] = (int) Math.max(1, Math.round((double) slots[i] * bound / sum));
            }
        }
        return slots;
    }

    /** Sorts all turns by their ideal time, with a counting sort: linear in the slots. */
    private static int[] schedule(int[] slots) {
        int total = Arrays.stream(slots).sum();
        int[] starts = new int[total + 1];
        for (int i = 0; i < slots.length; i++) {
            for (int turn = 0; turn < slots[i]; turn++) {
                starts[due(i, turn, slots[i], total) + 1]++;
            }
        }
        for (int i = 1; i <= total; i++) {
            starts[i] += starts[i - 1];
        }
        int[] order = new int[total];
        for (int i = 0; i < slots.length; i++) {
            for (int turn = 0; turn < slots[i]; turn++) {
                order[starts[due(i, turn, slots[i], total)]++] = i;
            }
        }
        return order;
    }

    private static int due(int host, int turn, int slots, int total) {
        double phase = (0.5 + host * GOLDEN) % 1.0;
        return Math.min(total - 1, (int) ((turn + phase) * total / slots));
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
