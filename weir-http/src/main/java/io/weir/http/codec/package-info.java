/**
 * HTTP messages as bytes: heads indexed by offsets, bodies as slices. Nothing here knows of routes, hosts or pools.
 */
@NullMarked
package io.weir.http.codec;

import org.jspecify.annotations.NullMarked;
