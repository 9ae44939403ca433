/** The decision: the load-balancing core. JDK and JSpecify only. */
@NullMarked
package io.weir.core;

import org.jspecify.annotations.NullMarked;
