/**
 * How many requests a while: buckets of tokens for all requests and for those that a descriptor tells apart, and what
 * descriptors are made of. No limits of what is under way.
 */
@NullMarked
package io.weir.http.ratelimit;

import org.jspecify.annotations.NullMarked;
