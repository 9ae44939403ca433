/**
 * HTTP/2 (RFC 9113): frames, sessions, how its header blocks become heads, and calls of Weir's own. Nothing here knows
 * of routes or pools.
 */
@NullMarked
package io.weir.http.h2;

import org.jspecify.annotations.NullMarked;
