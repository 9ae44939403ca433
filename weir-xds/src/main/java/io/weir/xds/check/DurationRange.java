package io.weir.xds.check;

import java.util.ArrayList;
import java.util.List;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.linecorp.armeria.internal.shaded.xds.pgv.validate.Validate.DurationRules;
import com.linecorp.armeria.internal.shaded.xds.pgv.validate.Validate.TimestampRules;

import io.weir.xds.check.Quantity.Seconds;

import org.jspecify.annotations.Nullable;

/** What a duration or a point in time may be, in seconds. */
record DurationRange(Limits limits, List<Seconds> in, List<Seconds> notIn) {

    static DurationRange of(DurationRules rules) {
        Limits limits = new Limits(rules.hasConst() ? seconds(rules.getConst()) : null,
                rules.hasLt() ? seconds(rules.getLt()) : null, rules.hasLte() ? seconds(rules.getLte()) : null,
                rules.hasGt() ? seconds(rules.getGt()) : null, rules.hasGte() ? seconds(rules.getGte()) : null);
        return new DurationRange(limits, all(rules.getInList()), all(rules.getNotInList()));
    }

    static DurationRange of(TimestampRules rules, long nowEpochMillis) {
        Seconds now = new Seconds(nowEpochMillis / 1000, (int) (nowEpochMillis % 1000) * 1_000_000);
        Seconds lt = rules.hasLt() ? seconds(rules.getLt()) : rules.getLtNow() ? now : null;
        Seconds gt = rules.hasGt() ? seconds(rules.getGt()) : rules.getGtNow() ? now : null;
        if (rules.hasWithin()) {
            Seconds within = seconds(rules.getWithin());
            Seconds latest = now.plus(within, 1);
            Seconds earliest = now.plus(within, -1);
            lt = lt == null || lt.compareTo(latest) > 0 ? latest : lt;
            gt = gt == null || gt.compareTo(earliest) < 0 ? earliest : gt;
        }
        Limits limits = new Limits(rules.hasConst() ? seconds(rules.getConst()) : null, lt,
                rules.hasLte() ? seconds(rules.getLte()) : null, gt, rules.hasGte() ? seconds(rules.getGte()) : null);
        return new DurationRange(limits, List.of(), List.of());
    }

    /** The value of a duration or timestamp, in whatever form the message is. */
    static Seconds duration(Message value) {
        Descriptor type = value.getDescriptorForType();
        long seconds = (Long) value.getField(type.findFieldByNumber(Duration.SECONDS_FIELD_NUMBER));
        int nanos = (Integer) value.getField(type.findFieldByNumber(Duration.NANOS_FIELD_NUMBER));
        return seconds(seconds, nanos);
    }

    /** What is wrong with this value, or null. */
    @Nullable
    String fault(Seconds seconds) {
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
        for (Seconds each : in.isEmpty() ? notIn : in) {
            words.append(words.isEmpty() ? "" : ", ").append(text(each));
        }
        return (in.isEmpty() ? "write another than " : "write one of: ") + words;
    }

    static String text(Seconds seconds) {
        return seconds.text() + "s";
    }

    private static boolean holds(List<Seconds> values, Seconds value) {
        for (Seconds each : values) {
            if (each.compareTo(value) == 0) {
                return true;
            }
        }
        return false;
    }

    private static List<Seconds> all(List<Duration> durations) {
        List<Seconds> all = new ArrayList<>();
        for (Duration duration : durations) {
            all.add(seconds(duration));
        }
        return List.copyOf(all);
    }

    private static Seconds seconds(Duration duration) {
        return seconds(duration.getSeconds(), duration.getNanos());
    }

    private static Seconds seconds(Timestamp time) {
        return seconds(time.getSeconds(), time.getNanos());
    }

    private static Seconds seconds(long seconds, int nanos) {
        return new Seconds(seconds, nanos);
    }
}
