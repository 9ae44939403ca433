/** The wire: workers, listeners, connectors, timers. */
@NullMarked
package io.weir.net;

import org.jspecify.annotations.NullMarked;
