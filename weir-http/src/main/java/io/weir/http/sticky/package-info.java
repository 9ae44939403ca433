/**
 * What of a request says which host it belongs to: its hash, and the cookies that carry it. No picks, no connections.
 */
@NullMarked
package io.weir.http.sticky;

import org.jspecify.annotations.NullMarked;
