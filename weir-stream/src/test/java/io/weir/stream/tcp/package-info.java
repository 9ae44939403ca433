/** Tests of the TCP proxy over loopback, against plain sockets. */
@NullMarked
package io.weir.stream.tcp;

import org.jspecify.annotations.NullMarked;
