/**
 * Hashes of bytes and the tables of consistent hashing made with them. No hosts, no requests: keys, weights, numbers.
 */
@NullMarked
package io.weir.core.hash;

import org.jspecify.annotations.NullMarked;
