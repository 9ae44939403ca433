/** Tests of what lets connections in. */
@NullMarked
package io.weir.stream.access;

import org.jspecify.annotations.NullMarked;
