package io.weir.filters.iptag;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import io.weir.http.route.tree.Network;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** The IP tagging filter at one connection. */
final class IpTagStep implements FilterStep {
    private final IpTagSpec spec;
    private final NetworkTags index;
    private final IpTagSpec.Numbers numbers;
    private final FilterExchange exchange;

    IpTagStep(IpTagSpec spec, NetworkTags index, IpTagSpec.Numbers numbers, FilterExchange exchange) {
        this.spec = spec;
        this.index = index;
        this.numbers = numbers;
        this.exchange = exchange;
    }

    @Override
    public Flow requestHead(HttpHead request) {
        boolean internal = request.has(HeaderName.X_ENVOY_INTERNAL);
        boolean asked = switch (spec.asks()) {
            case BOTH -> true;
            case INTERNAL -> internal;
            case EXTERNAL -> !internal;
        };
        if (!asked) {
            return Flow.NEXT;
        }
        var found = tags();
        numbers.total().increment();
        if (found.isEmpty()) {
            numbers.none().increment();
            if (spec.sanitizes()) {
                request.remove(spec.header());
            }
            return Flow.NEXT;
        }
        found.forEach(tag -> numbers.hits().get(tag).increment());
        write(request, found.stream().map(tag -> spec.tags().get(tag).name()).collect(Collectors.joining(",")));
        exchange.reroute(); // routes may go by tags
        return Flow.NEXT;
    }

    private List<Integer> tags() {
        var client = exchange.clientIp();
        int length = client.end() - client.start();
        byte[] address = length == 0
                ? null
                : Network.parse(new String(client.bytes(), client.start(), length, StandardCharsets.ISO_8859_1));
        return address == null ? List.of() : index.of(address);
    }

    private void write(HttpHead request, String tags) {
        String before = spec.sanitizes() ? null : request.value(spec.header());
        request.set(spec.header(), before == null || before.isEmpty() ? tags : before + "," + tags);
    }
}
