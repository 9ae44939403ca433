/**
 * How messages pass the filters of an exchange: what waits where, and who is not read meanwhile. No filter, no bytes.
 */
@NullMarked
package io.weir.http.filter.way;

import org.jspecify.annotations.NullMarked;
