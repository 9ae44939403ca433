/** The decompressor filter: bodies that come compressed pass decompressed, within bounds. */
@NullMarked
package io.weir.filters.decompressor;

import org.jspecify.annotations.NullMarked;
