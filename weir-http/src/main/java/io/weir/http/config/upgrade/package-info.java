/** Reads which upgrades and tunnels are allowed. */
@NullMarked
package io.weir.http.config.upgrade;

import org.jspecify.annotations.NullMarked;
