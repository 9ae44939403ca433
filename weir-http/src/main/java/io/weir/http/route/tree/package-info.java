/**
 * Decisions by a tree of questions about one request: xDS's unified matcher. What a tree decides about is its user's.
 */
@org.jspecify.annotations.NullMarked
package io.weir.http.route.tree;
