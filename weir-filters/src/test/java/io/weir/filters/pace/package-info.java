/** Tests. */
@NullMarked
package io.weir.filters.pace;

import org.jspecify.annotations.NullMarked;
