package io.weir.http.filter;

import io.weir.core.model.Host;
import io.weir.core.value.FilterState;
import io.weir.http.route.FormatSource;
import io.weir.http.route.Route;
import io.weir.http.route.Target;
import io.weir.net.transport.Worker;
import org.jspecify.annotations.Nullable;

/**
 * The exchange at hand, as filters may know it. Like the steps of filters it serves one exchange after another; belongs
 * to the connection's worker.
 */
public interface FilterExchange {
    Worker worker();

    /** What filters keep of the client's connection, whatever routes its requests take. */
    ConnectionMemory connection();

    /** The client that is to be believed, of the request at hand. */
    ClientIp clientIp();

    /** The route; null where none was found, which is answered with 404 behind the filters. */
    @Nullable
    Route route();

    /** The cluster that the route chose; null where the route forwards nothing. */
    @Nullable
    Target target();

    /** What {@code %...%} in configured header values stands for. */
    FormatSource formats();

    /** When the request's head was here. */
    long startNanos();

    /** The response's status; 0 before there is one, and at the end where there never was. */
    int status();

    /** Whether the response is a host's, and not one of Weir's own. */
    boolean fromHost();

    /** Whether the exchange ended with its response's last byte; only then did it take as long as it had to. */
    boolean complete();

    /** Bits of the response flags. */
    long flags();

    /** The host that the request is at, or was at last; null before it has been to any. */
    @Nullable
    Host host();

    /**
     * The request belongs to a session at a host: it goes there as long as the host's health allows. To be called while
     * the request's head passes.
     *
     * @param address
     *            as {@link Host#addressText}; one that the cluster does not have changes nothing
     * @param only
     *            no other host may have it: where that one cannot be had, the answer is 503
     */
    void bind(String address, boolean only);

    /**
     * Finds the route anew, for what the request's head has become; to be called while it passes or is held. The
     * filters stay those of the route that was found first. For what filters have said of the request, where routes ask
     * for that, it is found anew without a call.
     */
    void reroute();

    /** The request's way to the host. */
    Passage requestPassage();

    /** The response's way to the client. */
    Passage responsePassage();

    /**
     * Answers the exchange from outside of a call to the step, as {@link Flow.Reply} does within one: on the worker,
     * from a timer or a task. Where the response's head has gone, the response is cut; where the exchange has ended,
     * nothing happens.
     */
    void answer(Flow.Reply reply);

    /** Adds bits of response flags: what logs are to say of the exchange. */
    void flag(long bits);

    /** What filters say of this exchange to each other. */
    DynamicMetadata metadata();

    /** What filters leave for others under keys, for this exchange. */
    FilterState state();
}
