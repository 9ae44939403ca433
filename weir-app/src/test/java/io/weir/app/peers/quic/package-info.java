/** QUIC as a load of the UDP proxy: programs that know nothing of it. */
@NullMarked
package io.weir.app.peers.quic;

import org.jspecify.annotations.NullMarked;
