/** The filter that counts calls of gRPC and their messages, for each cluster, service and method. */
@NullMarked
package io.weir.filters.grpcstats;

import org.jspecify.annotations.NullMarked;
