/** Several Weirs, one before another or side by side, of which some end. */
@NullMarked
package io.weir.app.peers.tiers;

import org.jspecify.annotations.NullMarked;
