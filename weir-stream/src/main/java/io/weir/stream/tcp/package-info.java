/** TCP connections joined to TCP connections: picking a host, connecting, and relaying with each side held back. */
@NullMarked
package io.weir.stream.tcp;

import org.jspecify.annotations.NullMarked;
