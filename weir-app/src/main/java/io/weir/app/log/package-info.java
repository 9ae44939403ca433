/** Weir's own log: one line an event on standard error, levels that can change while it runs. No access logs here. */
@NullMarked
package io.weir.app.log;

import org.jspecify.annotations.NullMarked;
