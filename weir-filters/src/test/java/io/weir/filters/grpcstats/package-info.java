/** Tests. */
@NullMarked
package io.weir.filters.grpcstats;

import org.jspecify.annotations.NullMarked;
