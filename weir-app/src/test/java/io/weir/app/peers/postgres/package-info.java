/** Whole Weirs between clients and servers of PostgreSQL. */
@NullMarked
package io.weir.app.peers.postgres;

import org.jspecify.annotations.NullMarked;
