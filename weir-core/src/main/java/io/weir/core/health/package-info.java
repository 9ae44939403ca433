/** Who is well: outliers among the hosts of a cluster. Pure: time, dice and what happened come in; no I/O. */
@NullMarked
package io.weir.core.health;

import org.jspecify.annotations.NullMarked;
