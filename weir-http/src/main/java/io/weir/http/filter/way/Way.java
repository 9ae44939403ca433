package io.weir.http.filter.way;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.codec.HeadCopy;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import io.weir.http.filter.Passage;
import io.weir.http.filter.time.FilterTimes;
import org.jspecify.annotations.Nullable;

/**
 * One direction of an exchange through the steps of its filters, requests in their order, responses against it. Each
 * step has a {@link Gate}, where what it pauses waits. Any call out, to a step or to the sink, may end the exchange and
 * even begin the next: after each, {@link #turn} tells. Serves one exchange after another; belongs to one worker.
 */
public final class Way implements Passage {
    /** So much may wait at one step before the sender is not read any more; what was read already comes on top. */
    static final int HELD_BYTES_MAX = 64 * 1024;
    private static final FilterStep[] NONE = {};

    private final Crossing crossing;
    private final Sink sink;
    private final boolean back;
    private final int stride;
    private final Calls calls;

    private final Rooms rooms;
    private FilterStep[] steps = NONE;
    Gate[] gates = {};
    final Exit exit;
    private int first;
    private int end;
    /** The step that heard of the head last; the one before the first where none has. */
    private int heard;
    /** Another one with each exchange and each answer that replaces a response. */
    private int turn;
    private boolean open;
    private boolean bodyless;
    private boolean sourceSends;
    private boolean goOnOwed;
    private boolean tellOwed;

    Way(Crossing crossing, Sink sink, boolean back) {
        this.crossing = crossing;
        this.sink = sink;
        this.back = back;
        this.stride = back ? -1 : 1;
        this.calls = new Calls(back);
        this.rooms = new Rooms(sink);
        this.exit = new Exit(this, sink, back);
    }

    /**
     * A message begins.
     *
     * @param all
     *            the chain
     * @param from
     *            the first step that hears of it
     * @param takes
     *            whether the sink takes data from the beginning
     */
    public void begin(FilterStep[] all, int from, boolean takes) {
        close();
        gates = Gate.atLeast(all.length, gates);
        steps = all;
        first = from;
        end = back ? -1 : all.length;
        heard = from - stride;
        open = true;
        bodyless = false;
        calls.begin();
        exit.begin(takes);
        sourceSends = back; // a host sends from the beginning; a client is told to
    }

    /** Nothing more passes; what waits is let go. */
    public void close() {
        if (!open) {
            return;
        }
        open = false;
        turn++;
        goOnOwed = false;
        tellOwed = false;
        for (int i = 0; i < steps.length; i++) {
            gates[i].clear();
        }
        exit.clear();
        rooms.clear();
    }

    /** Takes the time of the exchange at hand; null: of none. */
    void time(@Nullable FilterTimes times) {
        calls.time(times);
    }

    /** Whether a message is passing. */
    public boolean open() {
        return open;
    }

    /** Whether a step has made another body of the message's, or sent one of its own. */
    public boolean altered() {
        return calls.altered();
    }

    /** Another number when the message that was passing does so no more. */
    public int turn() {
        return turn;
    }

    /** The step that heard of the head last, or the one before the first. */
    public int heard() {
        return heard;
    }

    // ---- from the source ----

    /** A head comes. */
    public void head(HttpHead head, boolean last) {
        head(first, head, last);
    }

    /** A head comes that has passed the steps before this one. */
    public void head(int from, HttpHead head, boolean last) {
        crossing.enter();
        try {
            bodyless = last;
            heard = from - stride;
            passHead(from, head, last);
        } catch (RuntimeException bug) {
            crossing.failed(bug); // it costs this exchange, not all that share its connection
        } finally {
            crossing.leave();
        }
        crossing.settle();
    }

    /** A head has come as far as this step, which paused it. */
    public void paused(int i, HttpHead head, boolean last) {
        bodyless = last;
        heard = i;
        gates[i].holds = true;
        gates[i].head = sink.keep(head);
        gates[i].end = last;
        crossing.settle();
    }

    /** Data comes, and belongs to the way. */
    public void data(ByteBuf data, boolean last) {
        if (!open) {
            data.release();
            return;
        }
        crossing.enter();
        try {
            passData(first, data, last);
        } catch (RuntimeException bug) {
            crossing.failed(bug);
        } finally {
            crossing.leave();
        }
        crossing.settle();
    }

    /** The end comes, with trailers. */
    public void trailers(HttpHead trailers) {
        if (!open) {
            return;
        }
        crossing.enter();
        try {
            passTrailers(first, trailers);
        } catch (RuntimeException bug) {
            crossing.failed(bug);
        } finally {
            crossing.leave();
        }
        crossing.settle();
    }

    /** The sink takes more, or no more. */
    public void takes(boolean more) {
        if (open && exit.takes(more)) {
            tellOwed |= more;
            crossing.settle();
        }
    }

    // ---- from step to step ----

    private void passHead(int from, HttpHead head, boolean last) {
        int mine = turn;
        boolean ends = last;
        for (int i = from; goesOnTo(i); i += stride) {
            var gate = gates[i];
            heard = i;
            gate.inHead = true;
            var flow = calls.head(steps[i], i, head, ends);
            if (turn != mine) {
                return;
            }
            gate.inHead = false;
            if (flow instanceof Flow.Reply reply) {
                answer(reply);
                return;
            }
            gate.holds = flow instanceof Flow.Pause;
            if (gate.holds || gate.occupied()) {
                gate.head = sink.keep(head);
                gate.end |= ends;
                drain(i);
                return;
            }
            gate.end = gate.paused && ends; // its end waits for what the step sends before
            ends &= !gate.paused;
            gate.over = ends;
        }
        exit.head(head, ends, bodyless);
    }

    /** Whether there is a step for the head to go on to; which one that is, the one before may have changed. */
    private boolean goesOnTo(int i) {
        var others = back ? null : crossing.onward();
        if (others != null) {
            gates = Gate.atLeast(others.length, gates);
            steps = others;
            end = others.length;
        }
        return i != end;
    }

    private void passData(int from, ByteBuf piece, boolean last) {
        int mine = turn;
        var data = piece;
        for (int i = from; i != end; i += stride) {
            var gate = gates[i];
            if (steps[i] instanceof BodyStep body) {
                gate.part.put(data);
                gate.inLast = last;
                var flow = calls.data(body, i, gate.part, last);
                if (turn != mine) {
                    return; // and what was in the part is let go
                }
                gate.inLast = false;
                data = gate.part.take();
                if (flow instanceof Flow.Reply reply) {
                    data.release();
                    answer(reply);
                    return;
                }
                gate.paused |= flow instanceof Flow.Pause;
            }
            if (gate.blocked() || gate.occupied() || gate.trailers != null) {
                gate.add(data);
                gate.end |= last;
                drain(i);
                return;
            }
            gate.over = last;
            if (!last && !data.isReadable()) {
                data.release();
                return;
            }
        }
        exit.data(data, last);
    }

    private void passTrailers(int from, HttpHead trailers) {
        int mine = turn;
        for (int i = from; i != end; i += stride) {
            var gate = gates[i];
            var flow = calls.end(steps[i], i, trailers);
            if (turn != mine) {
                return;
            }
            if (flow instanceof Flow.Reply reply) {
                answer(reply);
                return;
            }
            gate.paused |= flow instanceof Flow.Pause;
            if (gate.blocked() || gate.occupied()) {
                var copy = gate.trailers == null ? rooms.take() : gate.trailers;
                HeadCopy.response(trailers, copy); // the sender's own are not valid for long
                gate.trailers = copy;
                gate.end = true;
                drain(i);
                return;
            }
            gate.over = true;
        }
        exit.trailers(trailers);
    }

    /** Lets go on what waits at a step, as far as the step allows. */
    private void drain(int i) {
        int mine = turn;
        var gate = gates[i];
        if (gate.blocked()) {
            return;
        }
        var head = gate.head;
        if (head != null) {
            gate.head = null;
            passHead(i + stride, head, gate.goesLast());
        }
        while (turn == mine && !gate.blocked()) {
            var data = gate.poll();
            if (data == null) {
                break;
            }
            passData(i + stride, data, gate.goesLast());
        }
        if (turn == mine && !gate.blocked() && gate.end) {
            gate.end = false;
            gate.over = true;
            var trailers = gate.trailers;
            if (trailers == null) {
                passData(i + stride, Unpooled.EMPTY_BUFFER, true);
            } else {
                gate.trailers = null;
                passTrailers(i + stride, trailers);
            }
        }
    }

    private void answer(Flow.Reply reply) {
        crossing.flushes();
        sink.answer(reply);
    }

    // ---- the steps' side ----

    @Override
    public void resume(FilterStep step) {
        int i = open ? indexOf(step) : -1;
        if (i < 0 || !gates[i].blocked()) {
            return;
        }
        calls.goesOn(i);
        gates[i].holds = false;
        gates[i].paused = false;
        goOnOwed = true;
        tellOwed = true;
        crossing.flushes();
        crossing.settle();
    }

    @Override
    public void hold(BodyStep step) {
        int i = open ? indexOf(step) : -1;
        if (i >= 0) {
            gates[i].paused |= gates[i].inHead;
            if (gates[i].inHead) {
                calls.holds(i);
            }
        }
    }

    @Override
    public boolean send(BodyStep step, ByteBuf data) {
        int i = open ? indexOf(step) : -1;
        if (i < 0 || gates[i].over || !data.isReadable()) {
            data.release();
            return i >= 0 && writable(i);
        }
        calls.alters();
        int mine = turn;
        crossing.flushes();
        var gate = gates[i];
        if (gate.inHead || gate.head != null || !gate.waiting.isEmpty()) {
            gate.add(data);
            return writable(i);
        }
        crossing.enter();
        long before = calls.out();
        try {
            passData(i + stride, data, false);
        } catch (RuntimeException bug) {
            crossing.failed(bug);
        } finally {
            calls.in(before);
            crossing.leave();
        }
        boolean more = turn == mine && writable(i);
        crossing.settle();
        return more && turn == mine;
    }

    @Override
    public boolean writable(FilterStep step) {
        int i = open ? indexOf(step) : -1;
        return i >= 0 && writable(i);
    }

    private boolean writable(int i) {
        for (int behind = i + stride; behind != end; behind += stride) {
            if (gates[behind].blocked()) {
                return gates[behind].holds && gates[behind].sends(steps[behind], back); // as far as that, and no
                                                                                        // further
            }
        }
        return exit.writable();
    }

    @Override
    public HttpHead trailers(BodyStep step) {
        int i = open ? indexOf(step) : -1;
        if (i < 0 || !(gates[i].inLast || gates[i].end)) {
            throw new IllegalStateException("the end of the message is not at this step");
        }
        calls.alters();
        var trailers = gates[i].trailers;
        if (trailers == null) {
            trailers = rooms.take();
            gates[i].trailers = trailers;
        }
        return trailers;
    }

    @Override
    public HttpHead head(BodyStep step) {
        int i = open ? indexOf(step) : -1;
        var head = i < 0 ? null : gates[i].head;
        if (head == null) {
            throw new IllegalStateException("no head waits at this step");
        }
        return head;
    }

    @SuppressWarnings("ReferenceEquality") // a step is itself
    private int indexOf(FilterStep step) {
        for (int i = 0; i < steps.length; i++) {
            if (steps[i] == step) {
                return i;
            }
        }
        return -1;
    }

    // ---- the crossing's side ----

    /** Lets go on what may, and tells who waits for room; says whether there was anything. */
    boolean goOn() {
        int mine = turn;
        boolean any = exit.goOn();
        if (any) {
            crossing.flushes();
        }
        if (open && turn == mine && goOnOwed) {
            goOnOwed = false;
            any = true;
            for (int i = end - stride; open && turn == mine && i != first - stride; i -= stride) {
                drain(i);
            }
        }
        if (open && turn == mine && tellOwed) {
            tellOwed = false;
            any = true;
            for (int i = end - stride; open && turn == mine && i != first - stride; i -= stride) {
                if (gates[i].paused && steps[i] instanceof BodyStep body && writable(i)) {
                    calls.writable(body, i);
                }
            }
        }
        return any;
    }

    /** Tells the source what follows from all this. */
    void source() {
        if (!open) {
            return;
        }
        boolean wanted = wanted();
        if (wanted != sourceSends) {
            sourceSends = wanted;
            sink.source(wanted);
        }
    }

    private boolean wanted() {
        if (bodyless && !back) {
            return false; // what a client sends behind such a head is not this message
        }
        boolean held = false;
        for (int i = first; i != end; i += stride) {
            if (!gates[i].sends(steps[i], back)) {
                return false;
            }
            held |= gates[i].holds;
        }
        return held || exit.takes();
    }
}
