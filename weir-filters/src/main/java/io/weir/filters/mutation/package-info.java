/** Changes to the fields and the query of a message that a configuration spells out, one after another. */
@NullMarked
package io.weir.filters.mutation;

import org.jspecify.annotations.NullMarked;
