/** Tests of the wire: timers on simulated time, sockets on loopback. */
@NullMarked
package io.weir.net.transport;

import org.jspecify.annotations.NullMarked;
