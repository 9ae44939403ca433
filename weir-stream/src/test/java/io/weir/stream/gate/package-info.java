/** Tests of what lets connections in. */
@NullMarked
package io.weir.stream.gate;

import org.jspecify.annotations.NullMarked;
