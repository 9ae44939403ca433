/**
 * Tests on a request: its path, its fields, its query; each compiled once and asked for every request. What follows
 * from a match is known elsewhere.
 */
@org.jspecify.annotations.NullMarked
package io.weir.http.route.match;
