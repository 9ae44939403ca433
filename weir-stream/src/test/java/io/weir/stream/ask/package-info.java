/** Filters that ask services, as they are configured. */
@NullMarked
package io.weir.stream.ask;

import org.jspecify.annotations.NullMarked;
