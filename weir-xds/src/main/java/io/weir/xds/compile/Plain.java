package io.weir.xds.compile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.protobuf.Duration;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;

import io.envoyproxy.envoy.type.metadata.v3.MetadataKey;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.weir.core.value.MetadataPath;
import io.weir.core.admit.TokenBucket;
import io.weir.core.model.Criteria;
import io.weir.core.time.ExponentialBackOff;

import org.jspecify.annotations.Nullable;

/** Protobuf's well-known values as plain Java ones. */
public final class Plain {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private Plain() {}

    /** A duration in nanoseconds; what does not fit into a long becomes the nearest that does (292 years). */
    public static long nanos(Duration duration) {
        long seconds = duration.getSeconds();
        if (seconds > Long.MAX_VALUE / NANOS_PER_SECOND - 1) {
            return Long.MAX_VALUE;
        }
        if (seconds < Long.MIN_VALUE / NANOS_PER_SECOND + 1) {
            return Long.MIN_VALUE;
        }
        return seconds * NANOS_PER_SECOND + duration.getNanos();
    }

    /** A bucket of tokens, null where a number breaks a rule of the API, which has been told then. */
    public static TokenBucket.@Nullable Rule bucket(io.envoyproxy.envoy.type.v3.TokenBucket message) {
        long tokensMax = Integer.toUnsignedLong(message.getMaxTokens());
        long perFill = message.hasTokensPerFill() ? Integer.toUnsignedLong(message.getTokensPerFill().getValue()) : 1;
        long fillNanos = nanos(message.getFillInterval());
        return tokensMax < 1 || perFill < 1 || fillNanos < 1
                ? null
                : new TokenBucket.Rule(tokensMax, perFill, fillNanos);
    }

    /**
     * How long to wait after failures; null where the longest wait is shorter than the first, which has been told then.
     *
     * @param longest
     *            null: ten times the first
     */
    public static @Nullable ExponentialBackOff backOff(Duration first, @Nullable Duration longest,
            ReadContext context) {
        long firstNanos = nanos(first);
        long longestNanos = longest == null ? ExponentialBackOff.longestNanos(firstNanos) : nanos(longest);
        if (firstNanos < 0 || longestNanos < firstNanos) {
            context.problem("max_interval", longestNanos + " ns", "the longest pause is shorter than the first",
                    "make it at least base_interval");
            return null;
        }
        return new ExponentialBackOff(firstNanos, longestNanos);
    }

    /** A uint32 or uint64 as a limit: what does not fit into an int becomes the largest that does. */
    public static int limit(long unsigned) {
        return unsigned < 0 || unsigned > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) unsigned;
    }

    /** A uint32, which protobuf gives as a signed int, as a limit. */
    public static int limit(int unsigned) {
        return unsigned < 0 ? Integer.MAX_VALUE : unsigned;
    }

    /** A struct as a map in the order of the text; null values become empty strings. */
    public static Map<String, Object> map(Struct struct) {
        return map(struct, "");
    }

    /** The same with something else for null. */
    static Map<String, Object> map(Struct struct, Object nothing) {
        var map = new LinkedHashMap<String, Object>();
        struct.getFieldsMap().forEach((key, value) -> map.put(key, value(value, nothing)));
        return map;
    }

    /**
     * What balancing asks of hosts' metadata: the name space {@code envoy.lb}; nothing where that is empty.
     *
     * @param outer
     *            criteria around these, which these win over
     */
    public static @Nullable Criteria criteria(Metadata metadata, @Nullable Criteria outer) {
        Map<String, Object> values = map(metadata.getFilterMetadataOrDefault(Criteria.SPACE,
                Struct.getDefaultInstance()));
        if (values.isEmpty()) {
            return outer;
        }
        return outer == null ? Criteria.of(values) : outer.with(values);
    }

    /** Where a value stands. */
    public static MetadataPath path(MetadataKey key) {
        return new MetadataPath(key.getKey(),
                key.getPathList().stream().map(MetadataKey.PathSegment::getKey).toList());
    }

    /** All of it, by name space. */
    public static Map<String, Object> spaces(Metadata metadata) {
        var map = new LinkedHashMap<String, Object>();
        metadata.getFilterMetadataMap().forEach((space, struct) -> map.put(space, map(struct)));
        return map;
    }

    /** A value as String, Double, Boolean, List or Map; null becomes an empty string. */
    public static Object value(Value value) {
        return value(value, "");
    }

    private static Object value(Value value, Object nothing) {
        return switch (value.getKindCase()) {
            case STRING_VALUE -> value.getStringValue();
            case NUMBER_VALUE -> value.getNumberValue();
            case BOOL_VALUE -> value.getBoolValue();
            case STRUCT_VALUE -> map(value.getStructValue(), nothing);
            case LIST_VALUE -> list(value.getListValue(), nothing);
            case NULL_VALUE, KIND_NOT_SET -> nothing;
        };
    }

    private static List<Object> list(ListValue values, Object nothing) {
        var list = new ArrayList<>(values.getValuesCount());
        for (Value value : values.getValuesList()) {
            list.add(value(value, nothing));
        }
        return list;
    }
}
