/** Which of a listener's filter chains a connection belongs to. Nothing of what a chain then does. */
@NullMarked
package io.weir.core.chain;

import org.jspecify.annotations.NullMarked;
