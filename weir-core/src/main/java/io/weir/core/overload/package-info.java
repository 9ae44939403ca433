/**
 * What is done while a resource is short: when, how much, and where it is asked for. Measures nothing: pressures come
 * in as numbers.
 */
@NullMarked
package io.weir.core.overload;

import org.jspecify.annotations.NullMarked;
