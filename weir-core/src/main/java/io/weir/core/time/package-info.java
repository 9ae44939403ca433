/** Time as something handed in, and how long to wait: the core never asks the system for it, and waits for nothing. */
@NullMarked
package io.weir.core.time;

import org.jspecify.annotations.NullMarked;
