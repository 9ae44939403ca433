/** A scenario run: events in the order of their time, servers, clients that ask Weir's core, and what they saw. */
@NullMarked
package io.weir.testkit.sim.engine;

import org.jspecify.annotations.NullMarked;
