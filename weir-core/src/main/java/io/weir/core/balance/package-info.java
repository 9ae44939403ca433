/** Which host: immutable pickers over a set of hosts. No membership, no clock, no dice of its own. */
@NullMarked
package io.weir.core.balance;

import org.jspecify.annotations.NullMarked;
