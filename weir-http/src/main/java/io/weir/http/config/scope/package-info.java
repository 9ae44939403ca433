/**
 * Reads which route table serves which requests; the tables themselves are read elsewhere.
 */
@org.jspecify.annotations.NullMarked
package io.weir.http.config.scope;
