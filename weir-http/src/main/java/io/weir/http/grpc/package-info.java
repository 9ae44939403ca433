/** Calls of Weir's own to gRPC services of hosts: one at a time on a connection. Not what passes through Weir. */
@NullMarked
package io.weir.http.grpc;

import org.jspecify.annotations.NullMarked;
