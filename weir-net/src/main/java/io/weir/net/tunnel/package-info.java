/** What a byte stream asks of whoever can carry it through a proxy. Knows nothing of HTTP's wire. */
@NullMarked
package io.weir.net.tunnel;

import org.jspecify.annotations.NullMarked;
