/**
 * How connections to hosts that begin in the clear turn to TLS, by words that only their protocol knows. Nothing here
 * secures them.
 */
@NullMarked
package io.weir.net.turn;

import org.jspecify.annotations.NullMarked;
