/** From a compiled configuration to a running Weir and back: start, readiness, drain, stop. Knows no command line. */
@NullMarked
package io.weir.app.boot;

import org.jspecify.annotations.NullMarked;
