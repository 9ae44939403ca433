/** What filters of gRPC share: where messages begin and end in a body, and how calls are counted. No filter. */
@NullMarked
package io.weir.filters.grpc;

import org.jspecify.annotations.NullMarked;
