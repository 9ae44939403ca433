package io.weir.filters.compressor;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Scope;
import io.weir.filters.compression.Compression;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import java.util.Locale;
import java.util.Set;

/**
 * Compresses bodies. Source: Envoy's {@code Compressor}.
 *
 * @param libraryName
 *            how the configuration calls the library, in numbers
 * @param library
 *            the coding
 * @param request
 *            which requests' bodies
 * @param response
 *            which responses' bodies
 * @param chooseFirst
 *            where a client likes several codings as much, this filter's is taken
 * @param directionInNumbers
 *            whether numbers of responses stand under {@code response}
 */
public record CompressorSpec(String libraryName, Compression library, Direction request, Responses response,
        boolean chooseFirst, boolean directionInNumbers) implements HttpFilterSpec {
    private static final HeaderName CONTENT_TYPE = HeaderName.CONTENT_TYPE;

    /**
     * Which bodies of one direction.
     *
     * @param lengthMin
     *            in bytes; bodies of unknown length are long enough
     * @param contentTypes
     *            in lower case
     */
    public record Direction(boolean enabled, long lengthMin, Set<String> contentTypes) {
        public Direction {
            contentTypes = Set.copyOf(contentTypes);
        }

        boolean longEnough(HttpHead head) {
            return head.contentLength() < 0 || head.contentLength() >= lengthMin;
        }

        /** Whether the type is one of those; a body of no type may be anything, and is compressed, as Envoy does. */
        boolean admits(HttpHead head) {
            String type = head.value(CONTENT_TYPE);
            if (type == null) {
                return true;
            }
            int end = type.indexOf(';');
            return contentTypes.contains((end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT));
        }
    }

    /**
     * What holds for responses besides.
     *
     * @param uncompressible
     *            statuses
     */
    public record Responses(Direction direction, boolean disableOnEtag, boolean removeAcceptEncoding,
            Set<Integer> uncompressible, boolean statusHeader) {
        public Responses {
            uncompressible = Set.copyOf(uncompressible);
        }
    }

    /** What is counted of one direction. */
    record Numbers(Counter compressed, Counter notCompressed, Counter uncompressedBytes, Counter compressedBytes,
            Counter lengthTooSmall, Counter notCompressedEtag) {
        static Numbers in(Scope scope) {
            return new Numbers(scope.counter("compressed"), scope.counter("not_compressed"),
                    scope.counter("total_uncompressed_bytes"), scope.counter("total_compressed_bytes"),
                    scope.counter("content_length_too_small"), scope.counter("not_compressed_etag"));
        }
    }

    /** What is counted of {@code accept-encoding}. */
    record Asked(Counter none, Counter identity, Counter used, Counter overshadowed, Counter wildcard,
            Counter notValid) {
        static Asked in(Scope scope) {
            return new Asked(scope.counter("no_accept_header"), scope.counter("header_identity"),
                    scope.counter("header_compressor_used"), scope.counter("header_compressor_overshadowed"),
                    scope.counter("header_wildcard"), scope.counter("header_not_valid"));
        }
    }

    @Override
    public HttpFilter open(FilterContext context) {
        var scope = context.managerScope().child("compressor").child(libraryName).child(library.statName());
        var responses = directionInNumbers ? scope.child("response") : scope;
        var up = Numbers.in(scope.child("request"));
        var down = Numbers.in(responses);
        var asked = Asked.in(responses);
        return exchange -> new CompressorStep(this, up, down, asked, exchange);
    }
}
