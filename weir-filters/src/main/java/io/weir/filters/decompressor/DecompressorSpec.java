package io.weir.filters.decompressor;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Scope;
import io.weir.filters.compression.Decompression;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;

/**
 * Decompresses bodies. Source: Envoy's {@code Decompressor}.
 *
 * @param libraryName
 *            how the configuration calls the library, in numbers
 * @param library
 *            the coding
 * @param request
 *            for requests
 * @param response
 *            for responses
 * @param advertise
 *            hosts are told that they may answer in this coding
 */
public record DecompressorSpec(String libraryName, Decompression library, Direction request, Direction response,
        boolean advertise) implements HttpFilterSpec {
    /**
     * One direction.
     *
     * @param ignoreNoTransform
     *            what says {@code no-transform} is decompressed as well
     */
    public record Direction(boolean enabled, boolean ignoreNoTransform) {
    }

    /** What is counted of one direction. */
    record Numbers(Counter decompressed, Counter notDecompressed, Counter compressedBytes, Counter uncompressedBytes,
            Counter bombs) {
        static Numbers in(Scope scope) {
            return new Numbers(scope.counter("decompressed"), scope.counter("not_decompressed"),
                    scope.counter("total_compressed_bytes"), scope.counter("total_uncompressed_bytes"),
                    scope.counter("ratio_exceeded"));
        }
    }

    @Override
    public HttpFilter open(FilterContext context) {
        var scope = context.managerScope().child("decompressor").child(libraryName).child(library.statName());
        var up = Numbers.in(scope.child("request"));
        var down = Numbers.in(scope.child("response"));
        return exchange -> new DecompressorStep(this, up, down, exchange);
    }
}
