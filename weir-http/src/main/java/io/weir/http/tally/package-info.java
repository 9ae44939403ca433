/** Numbers of single routes and of the virtual clusters of a virtual host: what is counted where, and the counting. */
@NullMarked
package io.weir.http.tally;

import org.jspecify.annotations.NullMarked;
