/**
 * Beside: the side-by-side harness ({@code side}) and the JMH benches ({@code micro}); nothing of Weir depends on it.
 */
@NullMarked
package io.weir.bench;

import org.jspecify.annotations.NullMarked;
