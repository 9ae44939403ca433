/**
 * The simulator: Weir's own core on simulated time, network and servers. Nothing here is a copy of the core, and
 * nothing reads a clock, opens a socket or starts a thread.
 */
@NullMarked
package io.weir.testkit.sim;

import org.jspecify.annotations.NullMarked;
