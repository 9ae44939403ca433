/** What passes from one process to the next, and whoever watches over both. */
@NullMarked
package io.weir.app.peers.succession;

import org.jspecify.annotations.NullMarked;
