/** Whether a request that changes something comes from a page of the same origin, as far as browsers tell. */
@NullMarked
package io.weir.filters.csrf;

import org.jspecify.annotations.NullMarked;
