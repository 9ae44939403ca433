/** Health checks over HTTP/1.1: one request, and what its response says of the host. */
@NullMarked
package io.weir.http.check;

import org.jspecify.annotations.NullMarked;
