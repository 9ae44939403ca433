/** Which connections are let in at all, whatever is spoken on them. No bytes are read here. */
@NullMarked
package io.weir.stream.gate;

import org.jspecify.annotations.NullMarked;
