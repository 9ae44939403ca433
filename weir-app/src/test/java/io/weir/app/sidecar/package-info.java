/** What the packet filter is told, and for whom. */
@NullMarked
package io.weir.app.sidecar;

import org.jspecify.annotations.NullMarked;
