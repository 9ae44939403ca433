package io.weir.http.filter;

import io.netty.buffer.ByteBuf;
import io.weir.http.codec.HttpHead;

/**
 * One direction of an exchange, for steps that hold it up or write to it, from within a call to the step or from a
 * timer or task of the exchange's worker. A step names itself. All calls do nothing where the direction is closed,
 * which a request is when the exchange is answered, and both are when it has ended.
 */
public interface Passage {
    /** What waits at the step goes on: a head that it paused, then data, then the end. */
    void resume(FilterStep step);

    /**
     * The head that the step is being asked about goes on when the step lets it, and what comes behind it waits until
     * {@link #resume}, the end too where there is nothing else: the step sends something of its own first, when it has
     * it, and not within this call.
     */
    void hold(BodyStep step);

    /**
     * Sends bytes as if they had come to the step behind those that it has let go on, and before an end that waits at
     * it. Behind a head that waits at the step they wait too. Not before the step has heard of the head.
     *
     * @param data
     *            belongs to the passage
     * @return whether more is taken at once; when it is not, {@link BodyStep#requestWritable} or
     *         {@link BodyStep#responseWritable} tells the step, while it pauses data, when more is. The exchange may
     *         have ended meanwhile, which is false too
     */
    boolean send(BodyStep step, ByteBuf data);

    /** Whether what is behind the step takes bytes at once. */
    boolean writable(FilterStep step);

    /**
     * The trailers of a message whose end is at the step: within the call that brings the last data, or while the end
     * waits. They are made when there are none.
     *
     * @throws IllegalStateException
     *             when the end is not at the step
     */
    HttpHead trailers(BodyStep step);

    /**
     * The head that waits at a step, which may still be changed; it may be a copy of the one that came.
     *
     * @throws IllegalStateException
     *             when no head waits at the step
     */
    HttpHead head(BodyStep step);
}
