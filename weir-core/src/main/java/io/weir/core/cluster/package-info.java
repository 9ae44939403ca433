/** Clusters alive: membership, ejection and the published view. One writer, many readers; no I/O. */
@NullMarked
package io.weir.core.cluster;

import org.jspecify.annotations.NullMarked;
