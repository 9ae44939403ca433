/** What a route says of the times that a client asks for. */
@NullMarked
package io.weir.http.timeout;

import org.jspecify.annotations.NullMarked;
