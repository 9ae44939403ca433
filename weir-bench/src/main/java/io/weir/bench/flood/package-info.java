/** Floods against a running Weir: what it costs, how each attacker ends, and how an honest client fares beside them. */
@NullMarked
package io.weir.bench.flood;

import org.jspecify.annotations.NullMarked;
