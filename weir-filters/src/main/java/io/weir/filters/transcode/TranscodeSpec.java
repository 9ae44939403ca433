package io.weir.filters.transcode;

import com.google.protobuf.TypeRegistry;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import java.util.Set;

/**
 * Which requests of JSON become calls of gRPC, and how. Source: Envoy's {@code grpc_json_transcoder.v3}.
 *
 * @param bindings
 *            all that is transcoded
 * @param types
 *            what an {@code Any} may hold
 * @param enumsInAnyCase
 *            names of an enum's values are read in lower case too, and with hyphens
 */
record TranscodeSpec(TemplateIndex<Binding> bindings, TypeRegistry types, Printing printing, boolean enumsInAnyCase,
        Queries queries, Strictness strictness, Escapes escapes, boolean routesAnew, boolean statusAsBody,
        int requestBytesMax,
        int responseBytesMax) implements HttpFilterSpec {
    /**
     * How answers look.
     *
     * @param streams
     *            how the messages of a stream are told apart
     */
    record Printing(boolean whitespace, boolean primitivesAlways, boolean enumsAsNumbers, boolean protoNames,
            Streams streams) {
    }

    /** What stands around the messages of a stream. */
    enum Streams {
        /** A JSON array. */
        ARRAY,
        /** A line each. */
        LINES,
        /** Events as the HTML standard has them: {@code data: ...}. */
        EVENTS
    }

    /**
     * What becomes of query parameters.
     *
     * @param ignored
     *            those that say nothing
     * @param unknownIgnored
     *            nor do those that the message has no field for
     * @param unknownCaptured
     *            those go along in an {@code HttpBody}, and say nothing where there is none
     * @param plusIsSpace
     *            as forms have it
     */
    record Queries(Set<String> ignored, boolean unknownIgnored, boolean unknownCaptured,
            boolean plusIsSpace) {
        Queries {
            ignored = Set.copyOf(ignored);
        }
    }

    /**
     * What is answered with an error, and not passed on.
     *
     * @param unknownMethods
     *            requests that no template fits: 404
     * @param unknownParameters
     *            400
     * @param collisions
     *            a body and the path or query that say different things: 400
     */
    record Strictness(boolean unknownMethods, boolean unknownParameters, boolean collisions) {
    }

    @Override
    public HttpFilter open(FilterContext context) {
        var json = new Json(types, printing, enumsInAnyCase);
        return exchange -> new TranscodeStep(this, json, exchange);
    }
}
