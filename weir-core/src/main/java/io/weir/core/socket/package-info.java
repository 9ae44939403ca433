/** How sockets are set up, in plain values. */
@NullMarked
package io.weir.core.socket;

import org.jspecify.annotations.NullMarked;
