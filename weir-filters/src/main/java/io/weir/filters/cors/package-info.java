/** Which scripts of other origins may read what is answered: the CORS protocol, and the filter that speaks it. */
@NullMarked
package io.weir.filters.cors;

import org.jspecify.annotations.NullMarked;
