/** What is kept of a cluster's hosts from one view to the next, where few of them change. Chooses nothing. */
@NullMarked
package io.weir.core.follow;

import org.jspecify.annotations.NullMarked;
