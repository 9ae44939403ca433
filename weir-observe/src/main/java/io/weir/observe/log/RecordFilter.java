package io.weir.observe.log;

import io.weir.core.model.AccessLogSpec.Comparison;
import io.weir.core.model.AccessLogSpec.Filter;
import io.weir.core.value.MetadataTest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which records a log shows, compiled. Immutable; any thread. */
@FunctionalInterface
public interface RecordFilter {
    /** Shown? */
    boolean admits(AccessRecord ended);

    /** Compiles what the configuration says; null admits everything. An unknown flag is an IllegalArgumentException. */
    static RecordFilter of(@Nullable Filter filter) {
        return switch (filter) {
            case null -> ended -> true;
            case Filter.Status(Comparison comparison, int status) -> ended -> holds(comparison, ended.responseCode(),
                    status);
            case Filter.Duration(Comparison comparison, long millis) -> ended -> holds(comparison,
                    ended.durationNanos() / 1_000_000, millis);
            case Filter.Metadata(MetadataTest test, boolean otherwise) -> ended -> {
                var values = ended.dynamicMetadata(test.path().namespace());
                return test.path().in(values) == null ? otherwise : test.passes(values);
            };
            case Filter.Flags flags -> flags(flags);
            case Filter.And(List<Filter> filters) -> {
                RecordFilter[] each = filters.stream().map(RecordFilter::of).toArray(RecordFilter[]::new);
                yield ended -> {
                    for (RecordFilter one : each) {
                        if (!one.admits(ended)) {
                            return false;
                        }
                    }
                    return true;
                };
            }
            case Filter.Or(List<Filter> filters) -> {
                RecordFilter[] each = filters.stream().map(RecordFilter::of).toArray(RecordFilter[]::new);
                yield ended -> {
                    for (RecordFilter one : each) {
                        if (one.admits(ended)) {
                            return true;
                        }
                    }
                    return false;
                };
            }
        };
    }

    private static RecordFilter flags(Filter.Flags filter) {
        long bits = filter.flags().isEmpty() ? -1L : 0;
        for (String name : filter.flags()) {
            ResponseFlag flag = ResponseFlag.find(name);
            if (flag == null) {
                throw new IllegalArgumentException("unknown response flag " + name);
            }
            bits |= flag.bit();
        }
        long any = bits;
        return ended -> (ended.flags() & any) != 0;
    }

    private static boolean holds(Comparison comparison, long measured, long number) {
        return switch (comparison) {
            case EQ -> measured == number;
            case GE -> measured >= number;
            case LE -> measured <= number;
            case NE -> measured != number;
        };
    }
}
