/** The fault filter: requests are delayed and aborted on purpose, to see how callers bear it. */
@NullMarked
package io.weir.filters.fault;

import org.jspecify.annotations.NullMarked;
