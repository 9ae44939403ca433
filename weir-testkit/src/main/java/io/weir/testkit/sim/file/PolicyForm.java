package io.weir.testkit.sim.file;

import io.weir.core.hash.HashFunction;
import io.weir.core.hash.HashRing;
import io.weir.core.hash.MaglevTable;
import io.weir.core.model.BalancePolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a balancing policy by its name in the short form, with what differs from Envoy's defaults. A new policy is one
 * line in {@link #READERS} and a method that names its options.
 */
final class PolicyForm {
    private static final int CHOICES_MAX = 100;
    private static final int FACTOR_MAX = 10_000;
    private static final int PENALTY_MAX = 1_000_000_000;
    private static final Map<String, Function<@Nullable Form, BalancePolicy>> READERS = readers();
    /** All that there are. */
    static final List<String> NAMES = List.copyOf(READERS.keySet());

    private PolicyForm() {}

    private static Map<String, Function<@Nullable Form, BalancePolicy>> readers() {
        Map<String, Function<@Nullable Form, BalancePolicy>> readers = new LinkedHashMap<>();
        readers.put("round_robin", options -> none(options, new BalancePolicy.RoundRobin()));
        readers.put("random", options -> none(options, new BalancePolicy.Random()));
        readers.put("least_request", PolicyForm::leastRequest);
        readers.put("peak_ewma", PolicyForm::peakEwma);
        readers.put("prequal", PolicyForm::prequal);
        readers.put("ring_hash", PolicyForm::ringHash);
        readers.put("maglev", PolicyForm::maglev);
        readers.put("client_side_weighted_round_robin", PolicyForm::byReports);
        return readers;
    }

    /**
     * The policy of this name; null where there is none.
     *
     * @param options
     *            null: all as usual
     */
    static @Nullable BalancePolicy read(String name, @Nullable Form options) {
        Function<@Nullable Form, BalancePolicy> reader = READERS.get(name);
        return reader == null ? null : reader.apply(options);
    }

    private static BalancePolicy none(@Nullable Form options, BalancePolicy policy) {
        if (options != null) {
            options.mapping("a policy without options", List.of());
        }
        return policy;
    }

    private static BalancePolicy leastRequest(@Nullable Form options) {
        BalancePolicy.LeastRequest usual = BalancePolicy.LeastRequest.DEFAULT;
        if (options == null) {
            return usual;
        }
        options.mapping("least_request", List.of("choices", "bias", "full_scan"));
        return new BalancePolicy.LeastRequest(options.whole("choices", 1, CHOICES_MAX, usual.choices()),
                options.number("bias", 0, 100, usual.activeRequestBias()), options.yes("full_scan"));
    }

    private static BalancePolicy peakEwma(@Nullable Form options) {
        BalancePolicy.PeakEwma usual = BalancePolicy.PeakEwma.DEFAULT;
        if (options == null) {
            return usual;
        }
        options.mapping("peak_ewma", List.of("decay", "default"));
        return new BalancePolicy.PeakEwma(options.nanos("decay", 1, usual.decayNanos()),
                options.nanos("default", 1, usual.defaultNanos()), usual.penaltyMillis());
    }

    private static BalancePolicy prequal(@Nullable Form options) {
        BalancePolicy.HotCold usual = BalancePolicy.HotCold.DEFAULT;
        if (options == null) {
            return usual;
        }
        options.mapping("prequal", List.of("choices", "hot_quantile", "decay"));
        return new BalancePolicy.HotCold(options.whole("choices", 2, CHOICES_MAX, usual.choices()),
                options.number("hot_quantile", 0, 1, usual.hotQuantile()),
                options.nanos("decay", 1, usual.decayNanos()));
    }

    private static BalancePolicy ringHash(@Nullable Form options) {
        BalancePolicy.RingHash usual = BalancePolicy.RingHash.DEFAULT;
        if (options == null) {
            return usual;
        }
        options.mapping("ring_hash", List.of("ring_size", "balance_factor"));
        int size = options.whole("ring_size", 1, (int) HashRing.SIZE_MAX, (int) usual.ringSizeMin());
        return new BalancePolicy.RingHash(size, usual.ringSizeMax(), HashFunction.XX_HASH, false, factor(options));
    }

    private static BalancePolicy maglev(@Nullable Form options) {
        BalancePolicy.Maglev usual = BalancePolicy.Maglev.DEFAULT;
        if (options == null) {
            return usual;
        }
        options.mapping("maglev", List.of("table_size", "balance_factor"));
        int size = options.whole("table_size", 2, MaglevTable.SIZE_MAX, usual.tableSize());
        Form told = options.part("table_size");
        if (told != null && !MaglevTable.sizeAllowed(size)) {
            told.problem("a table's size is a prime", "write one, such as 65537");
            size = usual.tableSize();
        }
        return new BalancePolicy.Maglev(size, false, factor(options));
    }

    /** In percent, as Envoy's {@code hash_balance_factor}; 0: no bound. */
    private static int factor(Form options) {
        return options.whole("balance_factor", 100, FACTOR_MAX, 0);
    }

    private static BalancePolicy byReports(@Nullable Form options) {
        BalancePolicy.ClientSideWeightedRoundRobin usual = BalancePolicy.ClientSideWeightedRoundRobin.DEFAULT;
        if (options == null) {
            return usual;
        }
        options.mapping("client_side_weighted_round_robin", List.of("blackout", "expiration", "update",
                "error_penalty"));
        return new BalancePolicy.ClientSideWeightedRoundRobin(options.nanos("blackout", 0, usual.blackoutNanos()),
                options.nanos("expiration", 0, usual.expirationNanos()),
                options.nanos("update", 1, usual.updateNanos()),
                options.number("error_penalty", 0, PENALTY_MAX, usual.errorUtilizationPenalty()), List.of());
    }
}
