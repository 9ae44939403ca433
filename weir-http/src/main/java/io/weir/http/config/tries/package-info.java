/** Reads what holds for the tries of requests: hedging, internal redirects, how much of a body is kept for another. */
@NullMarked
package io.weir.http.config.tries;

import org.jspecify.annotations.NullMarked;
