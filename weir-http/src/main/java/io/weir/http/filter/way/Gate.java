package io.weir.http.filter.way;

import io.netty.buffer.ByteBuf;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.BodyPart;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.FilterStep;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What waits at one step in one direction: a head, data, an end, in this order. */
final class Gate {
    /** A slice keeps the whole buffer that it was read into, however few bytes it shows. */
    private static final int SLICE_BYTES_MIN = 1024;

    final BodyPart part = new BodyPart();
    final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(0);
    /** What {@link #waiting} holds of memory. */
    int bytes;
    @Nullable
    HttpHead head;
    @Nullable
    HttpHead trailers;
    /** The step paused the head. */
    boolean holds;
    /** The step paused data or the end. */
    boolean paused;
    /** The end waits. */
    boolean end;
    /** The step is being asked about the head. */
    boolean inHead;
    /** The step is being asked about the last piece. */
    boolean inLast;
    /** The end has gone on. */
    boolean over;

    /** As many gates as that, the first of which are these. */
    static Gate[] atLeast(int count, Gate[] gates) {
        if (gates.length >= count) {
            return gates;
        }
        var more = Arrays.copyOf(gates, count);
        for (int i = gates.length; i < count; i++) {
            more[i] = new Gate();
        }
        return more;
    }

    boolean blocked() {
        return holds || paused;
    }

    /** Whether data may come to its step. */
    boolean sends(FilterStep step, boolean back) {
        if (paused || bytes > Way.HELD_BYTES_MAX) {
            return false;
        }
        return !holds || (step instanceof BodyStep body && (back ? body.gathersResponse() : body.gathersRequest()));
    }

    /** Whether anything stands before what comes now. */
    boolean occupied() {
        return head != null || end || !waiting.isEmpty();
    }

    void add(ByteBuf data) {
        if (data.isReadable()) {
            bytes += Math.max(data.readableBytes(), SLICE_BYTES_MIN);
            waiting.add(data);
        } else {
            data.release();
        }
    }

    @Nullable
    ByteBuf poll() {
        var data = waiting.poll();
        if (data != null) {
            bytes -= Math.max(data.readableBytes(), SLICE_BYTES_MIN);
        }
        return data;
    }

    /** Whether the end is next. */
    boolean atEnd() {
        return end && waiting.isEmpty();
    }

    /** Whether what goes on now is the last, so that the end has gone on with it. */
    boolean goesLast() {
        boolean last = atEnd() && trailers == null;
        if (last) {
            end = false;
            over = true;
        }
        return last;
    }

    /** Forgets everything, and releases what belongs to the gate. */
    void clear() {
        part.drop();
        for (var data = waiting.poll(); data != null; data = waiting.poll()) {
            data.release();
        }
        bytes = 0;
        head = null;
        trailers = null;
        holds = paused = end = inHead = inLast = over = false;
    }
}
