package io.weir.net.check;

import io.netty.buffer.ByteBuf;
import io.weir.core.health.CheckResult;
import io.weir.net.tls.Offer;
import org.jspecify.annotations.Nullable;

/**
 * What is said in the checks of one host, and what its answers mean. Knows no connection and no time. Belongs to one
 * worker.
 */
public interface Dialogue {
    /**
     * A check begins on a connection that stands.
     *
     * @param fresh
     *            whether it is the first on this connection
     * @param out
     *            takes what is to be sent
     * @return the result, where the connection is all that was asked for; null: the host is to answer
     */
    @Nullable
    CheckResult begin(boolean fresh, ByteBuf out);

    /**
     * The host said something; all of it is to be taken.
     *
     * @param out
     *            takes what is to be sent in return
     * @return the result once it is clear; null: more is to come
     */
    @Nullable
    CheckResult hears(ByteBuf in, ByteBuf out);

    /** The host closed the connection before the result was clear. */
    CheckResult closed();

    /**
     * The host said something between two checks; all of it is to be taken.
     *
     * @param out
     *            takes what is to be sent in return
     * @return whether the connection can stay; what nobody asked for would else be read as the next answer
     */
    default boolean rests(ByteBuf in, ByteBuf out) {
        return false;
    }

    /** What a host that is spoken to over TLS is offered for it. */
    default Offer offer() {
        return Offer.NOTHING;
    }

    /** After a result: whether the next check can go over the same connection. */
    boolean reusable();
}
