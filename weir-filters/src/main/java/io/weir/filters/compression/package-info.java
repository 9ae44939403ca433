/** Content codings: gzip, brotli, zstd, both ways, a piece at a time. No filter, no heads. */
@NullMarked
package io.weir.filters.compression;

import org.jspecify.annotations.NullMarked;
