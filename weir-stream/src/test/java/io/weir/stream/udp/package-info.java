/** Datagrams passed on to hosts and back: which belong together, who gets them, and when they are dropped. */
@NullMarked
package io.weir.stream.udp;

import org.jspecify.annotations.NullMarked;
