package io.weir.http.filter.way;

import io.weir.http.codec.HttpHead;
import io.weir.http.filter.BodyPart;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import io.weir.http.filter.time.FilterTimes;
import org.jspecify.annotations.Nullable;

/**
 * Asks the steps of one direction, and takes their time where that is wanted: else no clock is read. Belongs to one
 * worker.
 */
public final class Calls {
    private final boolean back;
    private @Nullable FilterTimes times;
    private boolean altered;
    /** Another number for each message: a step may end one and begin the next. */
    private int message;

    /**
     * @param back
     *            from the host to the client
     */
    public Calls(boolean back) {
        this.back = back;
    }

    /** The exchange at hand is timed here; null: it is not. */
    public void time(@Nullable FilterTimes its) {
        times = its;
    }

    /** A message begins. */
    void begin() {
        altered = false;
        message++;
    }

    /** A step makes another body of the message's. */
    void alters() {
        altered = true;
    }

    /** Whether any has. */
    boolean altered() {
        return altered;
    }

    /** A head comes to a step. */
    public Flow head(FilterStep step, int i, HttpHead head, boolean last) {
        var clock = times;
        if (clock == null) {
            return ask(step, head, last);
        }
        Flow flow = Flow.NEXT;
        long before = clock.enter(i);
        try {
            flow = ask(step, head, last);
        } finally {
            left(clock, i, before, flow);
        }
        return flow;
    }

    private Flow ask(FilterStep step, HttpHead head, boolean last) {
        if (step instanceof BodyStep body) {
            return back ? body.responseHead(head, last) : body.requestHead(head, last);
        }
        if (back) {
            step.responseHead(head);
            return Flow.NEXT;
        }
        return step.requestHead(head);
    }

    /** Data comes to a step. */
    Flow data(BodyStep step, int i, BodyPart part, boolean last) {
        var clock = times;
        if (clock == null) {
            return ask(step, part, last);
        }
        Flow flow = Flow.NEXT;
        long before = clock.enter(i);
        try {
            flow = ask(step, part, last);
        } finally {
            left(clock, i, before, flow);
        }
        return flow;
    }

    @SuppressWarnings("ReferenceEquality") // bytes are not written to: it is the same buffer, or another body
    private Flow ask(BodyStep step, BodyPart part, boolean last) {
        var whole = part.data();
        int bytes = whole.readableBytes();
        int mine = message;
        var flow = back ? step.responseData(part, last) : step.requestData(part, last);
        altered |= mine == message && (part.data() != whole || part.data().readableBytes() != bytes);
        return flow;
    }

    /** The end comes to a step, with trailers. */
    public Flow end(FilterStep step, int i, HttpHead trailers) {
        var clock = times;
        if (clock == null) {
            return ask(step, trailers);
        }
        Flow flow = Flow.NEXT;
        long before = clock.enter(i);
        try {
            flow = ask(step, trailers);
        } finally {
            left(clock, i, before, flow);
        }
        return flow;
    }

    private Flow ask(FilterStep step, HttpHead trailers) {
        int mine = message;
        int lines = trailers.count();
        int kept = trailers.size();
        Flow flow = Flow.NEXT;
        if (step instanceof BodyStep body) {
            flow = back ? body.responseEnd(trailers) : body.requestTrailers(trailers);
        } else if (back) {
            step.responseTrailers(trailers);
        }
        altered |= mine == message && (trailers.count() != lines || trailers.size() != kept);
        return flow;
    }

    /** A step holds something up while it is asked. */
    void holds(int i) {
        var clock = times;
        if (clock != null) {
            clock.holds(i, back);
        }
    }

    private void left(FilterTimes clock, int i, long before, Flow flow) {
        if (clock.leave(before) && flow instanceof Flow.Pause) {
            clock.holds(i, back);
        }
    }

    /** A step hears that what is behind it takes data again. */
    void writable(BodyStep step, int i) {
        var clock = times;
        long before = clock == null ? 0 : clock.enter(i);
        try {
            if (back) {
                step.responseWritable();
            } else {
                step.requestWritable();
            }
        } finally {
            if (clock != null) {
                clock.leave(before);
            }
        }
    }

    /** A step undoes its pause. */
    void goesOn(int i) {
        var clock = times;
        if (clock != null) {
            clock.goesOn(i, back);
        }
    }

    /** What a step sends is others' work; returns what {@link #in} wants to know. */
    long out() {
        var clock = times;
        return clock == null ? 0 : clock.enter(FilterTimes.OUTSIDE);
    }

    /** It has been sent. */
    void in(long before) {
        var clock = times;
        if (clock != null) {
            clock.leave(before);
        }
    }
}
