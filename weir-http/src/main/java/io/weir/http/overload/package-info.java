/**
 * Filters that let fewer requests through when a cluster is overloaded: by what fails, and by how long it takes. No
 * fixed rates, no limits of single clusters.
 */
@NullMarked
package io.weir.http.overload;

import org.jspecify.annotations.NullMarked;
