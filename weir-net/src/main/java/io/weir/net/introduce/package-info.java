/** What hosts are told of the clients that connections to them are made for. Knows nothing of what they carry. */
@NullMarked
package io.weir.net.introduce;

import org.jspecify.annotations.NullMarked;
