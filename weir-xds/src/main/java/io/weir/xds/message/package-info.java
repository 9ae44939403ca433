/** Messages of Weir's own for what Envoy has none: what the short form writes and readers take. */
@NullMarked
package io.weir.xds.message;

import org.jspecify.annotations.NullMarked;
