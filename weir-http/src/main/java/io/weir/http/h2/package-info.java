/**
 * HTTP/2 (RFC 9113): frames, sessions, and how its header blocks become heads. Nothing here knows of routes or pools.
 */
@NullMarked
package io.weir.http.h2;

import org.jspecify.annotations.NullMarked;
