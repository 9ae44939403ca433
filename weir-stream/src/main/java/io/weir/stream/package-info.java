/** Byte streams: the TCP proxy. */
@NullMarked
package io.weir.stream;

import org.jspecify.annotations.NullMarked;
