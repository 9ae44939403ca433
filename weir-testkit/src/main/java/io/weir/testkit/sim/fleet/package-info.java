/** What a scenario says: hosts, troubles, arrivals, clients, contenders. Plain values; nothing runs here. */
@NullMarked
package io.weir.testkit.sim.fleet;

import org.jspecify.annotations.NullMarked;
