package io.weir.http.route;

import io.weir.core.value.FilterState;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.RequestFacts;
import io.weir.observe.log.AccessRecord;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the {@code %...%} operators of configured header values ask about a request, which is not over yet: what it says
 * as a record is what is known so far. Asked on the request's worker.
 */
public interface FormatSource extends RequestFacts, AccessRecord {
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

    @Override
    default Map<String, Object> dynamicMetadata(String namespace) {
        return Map.of();
    }

    @Override
    default FilterState.@Nullable Value filterState(String key) {
        return null;
    }
}
