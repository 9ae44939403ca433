/** What configurations say of filter state, whoever leaves it: a filter of requests or one of connections. */
@NullMarked
package io.weir.xds.state;

import org.jspecify.annotations.NullMarked;
