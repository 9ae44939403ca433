/** Weir as a whole before and behind real programs: load, failure, much data, configuration files. */
@NullMarked
package io.weir.app.peers;

import org.jspecify.annotations.NullMarked;
