package io.weir.http.filter.way;

import io.netty.buffer.ByteBuf;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.Flow;

/** Both ends of one direction: who takes what has passed all filters, and who sends. Belongs to one worker. */
public interface Sink {
    /** A head has passed. */
    void head(HttpHead head, boolean last);

    /** Data has passed, and belongs to the sink. */
    void data(ByteBuf data, boolean last);

    /** The end has passed, with trailers. */
    void trailers(HttpHead trailers);

    /** A step answers the exchange. */
    void answer(Flow.Reply reply);

    /** Filters have made a body longer or shorter than its head said. */
    void lengthBroken();

    /** Whether more data is taken at once. When not, {@link Way#takes} tells when it is again. */
    boolean writable();

    /** Whether the sender is to send. */
    void source(boolean wanted);

    /** The same head, or a copy, to be held until the exchange ends. */
    HttpHead keep(HttpHead head);

    /** An empty head. */
    HttpHead room();

    /** Takes back a head of {@link #room}. */
    void giveBack(HttpHead head);
}
