/** Tests. */
@NullMarked
package io.weir.filters.grpcbridge;

import org.jspecify.annotations.NullMarked;
