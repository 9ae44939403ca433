/** What is written down of hosts' health: Weir's own log, and event logs in the shape of Envoy's. */
@NullMarked
package io.weir.app.health;

import org.jspecify.annotations.NullMarked;
