package io.weir.xds.check;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.linecorp.armeria.internal.shaded.xds.pgv.validate.Validate.DurationRules;
import com.linecorp.armeria.internal.shaded.xds.pgv.validate.Validate.TimestampRules;

import org.jspecify.annotations.Nullable;

/** What a duration or a point in time may be, in seconds. */
record DurationRange(Limits limits, List<BigDecimal> in, List<BigDecimal> notIn) {

    static DurationRange of(DurationRules rules) {
        Limits limits = new Limits(rules.hasConst() ? seconds(rules.getConst()) : null,
                rules.hasLt() ? seconds(rules.getLt()) : null, rules.hasLte() ? seconds(rules.getLte()) : null,
                rules.hasGt() ? seconds(rules.getGt()) : null, rules.hasGte() ? seconds(rules.getGte()) : null);
        return new DurationRange(limits, all(rules.getInList()), all(rules.getNotInList()));
    }

    static DurationRange of(TimestampRules rules, long nowEpochMillis) {
        BigDecimal now = BigDecimal.valueOf(nowEpochMillis, 3);
        BigDecimal lt = rules.hasLt() ? seconds(rules.getLt()) : rules.getLtNow() ? now : null;
        BigDecimal gt = rules.hasGt() ? seconds(rules.getGt()) : rules.getGtNow() ? now : null;
        if (rules.hasWithin()) {
            BigDecimal within = seconds(rules.getWithin());
            lt = lt == null ? now.add(within) : lt.min(now.add(within));
            gt = gt == null ? now.subtract(within) : gt.max(now.subtract(within));
        }
        Limits limits = new Limits(rules.hasConst() ? seconds(rules.getConst()) : null, lt,
                rules.hasLte() ? seconds(rules.getLte()) : null, gt, rules.hasGte() ? seconds(rules.getGte()) : null);
        return new DurationRange(limits, List.of(), List.of());
    }

    /** The value of a duration or timestamp, in whatever form the message is. */
    static BigDecimal duration(Message value) {
        Descriptor type = value.getDescriptorForType();
        long seconds = (Long) value.getField(type.findFieldByNumber(Duration.SECONDS_FIELD_NUMBER));
        int nanos = (Integer) value.getField(type.findFieldByNumber(Duration.NANOS_FIELD_NUMBER));
        return seconds(seconds, nanos);
    }

    /** What is wrong with this value, or null. */
    @Nullable
    String fault(BigDecimal seconds) {
        if (!limits.allow(seconds)) {
            return "out of range";
        }
        return holds(notIn, seconds) || (!in.isEmpty() && !holds(in, seconds)) ? "this duration is not allowed" : null;
    }

    String cure() {
        if (limits.any()) {
            return "write a duration of " + limits.words("s");
        }
        StringBuilder words = new StringBuilder();
        for (BigDecimal each : in.isEmpty() ? notIn : in) {
            words.append(words.isEmpty() ? "" : ", ").append(text(each));
        }
        return (in.isEmpty() ? "write another than " : "write one of: ") + words;
    }

    static String text(BigDecimal seconds) {
        return Limits.plain(seconds) + "s";
    }

    private static boolean holds(List<BigDecimal> values, BigDecimal value) {
        for (BigDecimal each : values) {
            if (each.compareTo(value) == 0) {
                return true;
            }
        }
        return false;
    }

    private static List<BigDecimal> all(List<Duration> durations) {
        List<BigDecimal> all = new ArrayList<>();
        for (Duration duration : durations) {
            all.add(seconds(duration));
        }
        return List.copyOf(all);
    }

    private static BigDecimal seconds(Duration duration) {
        return seconds(duration.getSeconds(), duration.getNanos());
    }

    private static BigDecimal seconds(Timestamp time) {
        return seconds(time.getSeconds(), time.getNanos());
    }

    private static BigDecimal seconds(long seconds, int nanos) {
        return BigDecimal.valueOf(seconds).add(BigDecimal.valueOf(nanos, 9));
    }
}
