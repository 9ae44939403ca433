/** The filter that lets clients of HTTP/1.1, which see no trailers, make calls of gRPC. */
@NullMarked
package io.weir.filters.grpcbridge;

import org.jspecify.annotations.NullMarked;
