/** Objects that are left for a connection under keys, for hashes, rules, routes and logs: filter state. */
@NullMarked
package io.weir.stream.state;

import org.jspecify.annotations.NullMarked;
