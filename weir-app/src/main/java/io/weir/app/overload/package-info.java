/** Measures how short resources are, and tells the workers. Decides nothing: core.overload does. */
@NullMarked
package io.weir.app.overload;

import org.jspecify.annotations.NullMarked;
