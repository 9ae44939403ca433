/** What holds for the tries of one request, and what a client may ask of that: times, retries, hedges, redirects. */
@NullMarked
package io.weir.http.control;

import org.jspecify.annotations.NullMarked;
