/** The nouns of balancing: what a cluster is told to be, the hosts it has, what became of a request. No algorithms. */
@NullMarked
package io.weir.core.model;

import org.jspecify.annotations.NullMarked;
