/** Health checks on the wire: a connection, a timeout, and a dialogue that another module holds. Not what it means. */
@NullMarked
package io.weir.net.check;

import org.jspecify.annotations.NullMarked;
