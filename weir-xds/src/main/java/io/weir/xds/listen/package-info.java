/** Reads listener filters: what looks at a connection before its filter chain is chosen. */
@NullMarked
package io.weir.xds.listen;

import org.jspecify.annotations.NullMarked;
