/** Time as something handed in: the core never asks the system for it. */
@NullMarked
package io.weir.core.time;

import org.jspecify.annotations.NullMarked;
