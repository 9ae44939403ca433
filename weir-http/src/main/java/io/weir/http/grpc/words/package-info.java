/** What of a request or an answer is gRPC's: its statuses, its messages, its timeouts. No message is decoded here. */
@NullMarked
package io.weir.http.grpc.words;

import org.jspecify.annotations.NullMarked;
