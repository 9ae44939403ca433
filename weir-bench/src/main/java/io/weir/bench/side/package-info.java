/**
 * Weir beside haproxy and nginx: same run, same core, same load, in turn. A figure is CPU time per request and its
 * ratio to a peer of the same run, never a number alone.
 */
@NullMarked
package io.weir.bench.side;

import org.jspecify.annotations.NullMarked;
