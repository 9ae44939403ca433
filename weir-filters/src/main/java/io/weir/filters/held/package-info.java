/** Parts of bodies that filters hold back. */
@NullMarked
package io.weir.filters.held;

import org.jspecify.annotations.NullMarked;
