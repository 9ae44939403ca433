/** Reads what transport sockets say of TLS into plain records. No files: whoever opens the sockets reads those. */
@NullMarked
package io.weir.xds.tls;

import org.jspecify.annotations.NullMarked;
