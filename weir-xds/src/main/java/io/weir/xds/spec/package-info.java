/** What a configuration says of listeners, the node and the admin page, as plain records. Nothing is read here. */
@NullMarked
package io.weir.xds.spec;

import org.jspecify.annotations.NullMarked;
