/** Tests. */
@NullMarked
package io.weir.filters.bandwidth;

import org.jspecify.annotations.NullMarked;
