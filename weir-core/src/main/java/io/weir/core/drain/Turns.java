package io.weir.core.drain;

/**
 * When those are ended in a drain that do not end because they are asked to: one after another, since the clients of
 * all of them would come back in the same moment. Immutable; any thread.
 *
 * @param streams
 *            the turns of streams of bytes and of tunnels
 * @param answers
 *            those of answers that do not tell how long they are, such as streams of gRPC and of events: nobody knows
 *            whether they would end by themselves
 * @param answerAgeNanos
 *            exchanges that have lasted no longer are left to end by themselves
 */
public record Turns(Drain streams, Drain answers, long answerAgeNanos) {
    /** Of streams and tunnels alone: where nothing is cut in the end, answers have all the time that they take. */
    public static Turns ofStreams(Drain streams) {
        return new Turns(streams, streams, Long.MAX_VALUE);
    }

    /**
     * Those of streams and tunnels in the later half of a drain: until then they may end by themselves. A tenth is left
     * at the end for the last of them to be flushed.
     */
    public static Drain streamsIn(long beginNanos, long timeNanos) {
        return new Drain(beginNanos + timeNanos / 2, timeNanos / 10 * 4);
    }

    /**
     * The same in a drain at whose end everything is cut, and in its last tenth those of answers that have lasted half
     * of it: what may end in time is cut as late as can be without all of them ending in one moment.
     */
    public static Turns untilTheEnd(long beginNanos, long timeNanos) {
        return new Turns(streamsIn(beginNanos, timeNanos),
                new Drain(beginNanos + timeNanos / 10 * 9, timeNanos / 100 * 8), timeNanos / 2);
    }

    /** Whether anybody may have had a turn by now. */
    public boolean begun(long nowNanos) {
        return nowNanos - streams.beginNanos() >= 0;
    }

    /** Whether all have had theirs by now. */
    public boolean over(long nowNanos) {
        return streams.asksAll(nowNanos) && answers.asksAll(nowNanos);
    }

    /**
     * Whether an answer that does not tell how long it is has had its turn by now.
     *
     * @param connectionId
     *            a connection's answers have one turn
     * @param beganNanos
     *            when the exchange began
     */
    public boolean endsAnswer(long connectionId, long beganNanos, long nowNanos) {
        return nowNanos - beganNanos > answerAgeNanos && answers.asks(connectionId, nowNanos);
    }
}
