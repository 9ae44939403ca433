/** Objects that filters leave under keys for routes, hashes and logs: filter state, as the configuration makes it. */
@NullMarked
package io.weir.filters.filterstate;

import org.jspecify.annotations.NullMarked;
