/** The filter that lets browsers make calls of gRPC: trailers come to them in the body. */
@NullMarked
package io.weir.filters.grpcweb;

import org.jspecify.annotations.NullMarked;
