/** Reads what hosts are told of clients: the PROXY protocol as it is written. */
@NullMarked
package io.weir.xds.introduce;

import org.jspecify.annotations.NullMarked;
