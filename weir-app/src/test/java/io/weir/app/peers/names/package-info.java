/** Whole Weirs between askers and name servers. */
@NullMarked
package io.weir.app.peers.names;

import org.jspecify.annotations.NullMarked;
