/** Workers, their timers, the sockets they listen on and the connections they make; no protocol lives here. */
@NullMarked
package io.weir.net.transport;

import org.jspecify.annotations.NullMarked;
