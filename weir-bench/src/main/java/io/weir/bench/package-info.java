/** Beside: JMH and the side-by-side harness. */
@NullMarked
package io.weir.bench;

import org.jspecify.annotations.NullMarked;
