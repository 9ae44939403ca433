/** A shared cache of responses: where they are kept, who waits for whom, what is answered from it. */
@NullMarked
package io.weir.filters.cache;

import org.jspecify.annotations.NullMarked;
