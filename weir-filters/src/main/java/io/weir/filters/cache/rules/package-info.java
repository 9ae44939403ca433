/**
 * The rules of RFC 9111: what may be stored, under which key, for how long, and for whom. Pure: time is a parameter,
 * and nothing is kept here.
 */
@NullMarked
package io.weir.filters.cache.rules;

import org.jspecify.annotations.NullMarked;
