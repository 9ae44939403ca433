/** Services that need no host: bytes sent back, and an answer that is always the same. */
@NullMarked
package io.weir.stream.answer;

import org.jspecify.annotations.NullMarked;
