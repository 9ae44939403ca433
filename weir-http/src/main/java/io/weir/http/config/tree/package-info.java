/**
 * Reads trees of questions, xDS's unified matcher, for whoever has actions to find; what an action is, its user reads.
 */
@org.jspecify.annotations.NullMarked
package io.weir.http.config.tree;
