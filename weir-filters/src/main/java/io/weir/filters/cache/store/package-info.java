/** Where a cache keeps what it keeps, within bounds. What may be kept, and for whom, is known elsewhere. */
@NullMarked
package io.weir.filters.cache.store;

import org.jspecify.annotations.NullMarked;
