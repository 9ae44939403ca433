/** Tests of what hosts are told of clients. */
@NullMarked
package io.weir.net.introduce;

import org.jspecify.annotations.NullMarked;
