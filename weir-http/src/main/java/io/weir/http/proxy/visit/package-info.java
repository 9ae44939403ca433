/**
 * A request at a host: its place among those of the cluster, its visit, what the client is told when none comes of it.
 */
@NullMarked
package io.weir.http.proxy.visit;

import org.jspecify.annotations.NullMarked;
