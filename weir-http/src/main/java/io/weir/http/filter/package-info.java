/**
 * What an HTTP filter is: what it is made of, what it may ask, what it may answer. No filter itself, no configuration
 * messages, no bytes.
 */
@NullMarked
package io.weir.http.filter;

import org.jspecify.annotations.NullMarked;
