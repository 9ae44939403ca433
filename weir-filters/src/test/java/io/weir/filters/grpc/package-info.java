/** Tests. */
@NullMarked
package io.weir.filters.grpc;

import org.jspecify.annotations.NullMarked;
