/**
 * What becomes of path and authority on the way to a host; no protobuf here.
 */
@org.jspecify.annotations.NullMarked
package io.weir.http.route.rewrite;
