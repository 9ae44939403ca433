/** Tunnels over real sockets, by each version of HTTP on either side. */
@NullMarked
package io.weir.http.tunnel;

import org.jspecify.annotations.NullMarked;
