/** What a client of TLS says first, as bytes: read once, for who looks at connections and for who secures them. */
@NullMarked
package io.weir.net.hello;

import org.jspecify.annotations.NullMarked;
