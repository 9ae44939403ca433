package io.weir.filters.iptag;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Scope;
import io.weir.http.codec.HeaderName;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.route.tree.Network;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes into requests in which networks their client is. Source: Envoy's {@code IPTagging}.
 *
 * @param asks
 *            which requests
 * @param tags
 *            the networks' names
 * @param header
 *            where the names go
 * @param sanitizes
 *            whether what clients say there is taken out
 */
public record IpTagSpec(Asks asks, List<Tag> tags, HeaderName header, boolean sanitizes) implements HttpFilterSpec {
    public IpTagSpec {
        tags = List.copyOf(tags);
    }

    /** Which requests are tagged: those of our own clients are marked so by the connection manager. */
    public enum Asks {
        BOTH, INTERNAL, EXTERNAL
    }

    /** A name for some networks. */
    public record Tag(String name, List<Network> networks) {
        public Tag {
            networks = List.copyOf(networks);
        }
    }

    /** What is counted. */
    record Numbers(Counter total, Counter none, List<Counter> hits) {
        static Numbers in(Scope scope, List<Tag> tags) {
            var hits = new ArrayList<Counter>();
            for (var tag : tags) {
                hits.add(scope.counter(tag.name() + ".hit"));
            }
            return new Numbers(scope.counter("total"), scope.counter("no_hit"), List.copyOf(hits));
        }
    }

    @Override
    public HttpFilter open(FilterContext context) {
        var numbers = Numbers.in(context.managerScope().child("ip_tagging"), tags);
        var index = new NetworkTags(tags.stream().map(Tag::networks).toList());
        return exchange -> new IpTagStep(this, index, numbers, exchange);
    }
}
