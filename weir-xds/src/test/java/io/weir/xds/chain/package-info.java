/** Tests of reading what listeners and clusters say of sockets and chains. */
@NullMarked
package io.weir.xds.chain;

import org.jspecify.annotations.NullMarked;
