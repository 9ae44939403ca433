/** Tests. */
@NullMarked
package io.weir.filters.transcode;

import org.jspecify.annotations.NullMarked;
