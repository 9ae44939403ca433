/** First messages of TLS. */
@NullMarked
package io.weir.net.hello;

import org.jspecify.annotations.NullMarked;
