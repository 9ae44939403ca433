package io.weir.http.route;

import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.Peers;
import io.weir.observe.log.AccessRecord;

/**
 * What the {@code %...%} operators of configured header values ask about a request, which is not over yet: what it says
 * as a record is what is known so far. Asked on the request's worker.
 */
public interface FormatSource extends Peers, AccessRecord {
    /** The request's head as it is now. */
    HttpHead request();

    @Override
    String downstreamRemoteAddress();

    @Override
    String downstreamDirectRemoteAddress();

    @Override
    String downstreamLocalAddress();

    @Override
    String protocol();

    /** The route's name; empty without one. */
    @Override
    String routeName();
}
