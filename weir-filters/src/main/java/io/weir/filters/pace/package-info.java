/** Bodies that pass no faster than a rate: what filters that slow messages down share. No configuration. */
@NullMarked
package io.weir.filters.pace;

import org.jspecify.annotations.NullMarked;
