package io.weir.observe.log;

import io.weir.observe.log.Operator.Kind;
import io.weir.observe.log.Operator.Typed;
import io.weir.observe.log.Operators.Unreadable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@code COMMON_DURATION(START:END:PRECISION)}: the time between two points of an exchange that are known here. */
final class CommonDuration {
    /** Points in time, by Envoy's names. */
    private enum Point {
        /** The request's first byte. */
        DS_RX_BEG,
        /** Its last. */
        DS_RX_END,
        /** The response's first byte from the host. */
        US_RX_BEG,
        /** The response's last byte to the client. */
        DS_TX_END;

        /** Nanoseconds since the request began; -1 when it did not come to that. */
        long nanos(AccessRecord ended) {
            return switch (this) {
                case DS_RX_BEG -> 0;
                case DS_RX_END -> ended.requestDurationNanos();
                case US_RX_BEG -> ended.upstreamRequestAttemptCount() == 0 ? -1 : ended.responseDurationNanos();
                case DS_TX_END -> ended.durationNanos();
            };
        }
    }

    private CommonDuration() {}

    static Typed compile(@Nullable String argument) throws Unreadable {
        String[] parts = argument == null ? new String[0] : argument.split(":", -1);
        if (parts.length != 3) {
            throw new Unreadable("COMMON_DURATION needs two points in time and a unit:"
                    + " %COMMON_DURATION(DS_RX_BEG:DS_TX_END:us)%");
        }
        Point from = point(parts[0]);
        Point to = point(parts[1]);
        long unit = switch (parts[2]) {
            case "ms" -> 1_000_000;
            case "us" -> 1_000;
            case "ns" -> 1;
            default -> throw new Unreadable("COMMON_DURATION has no unit " + parts[2] + "; there are ms, us, ns");
        };
        return new Typed(Kind.NUMBER, (ended, out) -> {
            long start = from.nanos(ended);
            long end = to.nanos(ended);
            if (start < 0 || end < start) {
                return false;
            }
            out.append((end - start) / unit);
            return true;
        });
    }

    private static Point point(String name) throws Unreadable {
        for (Point point : Point.values()) {
            if (point.name().equals(name)) {
                return point;
            }
        }
        throw new Unreadable("COMMON_DURATION does not know the point in time " + name + "; it knows "
                + Arrays.toString(Point.values()));
    }
}
