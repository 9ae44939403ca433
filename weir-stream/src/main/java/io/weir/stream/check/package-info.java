/** Health checks over plain TCP: bytes out, bytes expected back. */
@NullMarked
package io.weir.stream.check;

import org.jspecify.annotations.NullMarked;
