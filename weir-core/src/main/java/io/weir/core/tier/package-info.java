/** How much each part of a cluster gets: formulas over counts and values. No hosts are chosen here. */
@NullMarked
package io.weir.core.tier;

import org.jspecify.annotations.NullMarked;
