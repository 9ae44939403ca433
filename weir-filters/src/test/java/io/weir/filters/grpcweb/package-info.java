/** Tests. */
@NullMarked
package io.weir.filters.grpcweb;

import org.jspecify.annotations.NullMarked;
