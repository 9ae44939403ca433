package io.weir.core.stats;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Answers by status code: {@code <prefix>_200}, {@code <prefix>_2xx} and {@code <prefix>_completed}, tagged as Envoy
 * does. A code's counter is made when it is first seen, as most never are. Any thread; allocates once per code.
 */
public final class StatusCodes {
    private static final int LAST = 599;

    private final Scope scope;
    private final String prefix;
    private final Counter completed;
    private final Counter[] classes = new Counter[6];
    private final AtomicReferenceArray<@Nullable Counter> codes = new AtomicReferenceArray<>(LAST + 1 - 100);

    /** Counters under this scope; {@code prefix} is such as {@code upstream_rq}. */
    public StatusCodes(Scope scope, String prefix) {
        this.scope = scope;
        this.prefix = prefix;
        this.completed = scope.counter(prefix + "_completed");
        for (int i = 1; i < classes.length; i++) {
            classes[i] = scope.counter(prefix + '_' + i + "xx", prefix + "_xx", "envoy.response_code_class",
                    Integer.toString(i));
        }
        classes[0] = Counter.unnamed();
    }

    /** Counts one answer; of a status outside 100 ... 599 only that it was there. */
    public void count(int status) {
        completed.increment();
        if (status < 100 || status > LAST) {
            return;
        }
        classes[status / 100].increment();
        Counter code = codes.getAcquire(status - 100);
        if (code == null) {
            String text = Integer.toString(status);
            code = scope.counter(prefix + '_' + text, prefix, "envoy.response_code", text);
            codes.setRelease(status - 100, code);
        }
        code.increment();
    }
}
