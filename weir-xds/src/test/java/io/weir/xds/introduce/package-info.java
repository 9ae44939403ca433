/** Tests of reading what hosts are told of clients. */
@NullMarked
package io.weir.xds.introduce;

import org.jspecify.annotations.NullMarked;
