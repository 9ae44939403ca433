/** What a client may ask of a route for one request: times, and retries. */
@NullMarked
package io.weir.http.control;

import org.jspecify.annotations.NullMarked;
