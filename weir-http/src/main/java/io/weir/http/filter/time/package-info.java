/**
 * How long filters work on an exchange and hold it up, taken only while somebody wants to know. No filter and no step.
 */
@NullMarked
package io.weir.http.filter.time;

import org.jspecify.annotations.NullMarked;
