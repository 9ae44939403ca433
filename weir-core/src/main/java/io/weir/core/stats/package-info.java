/** Counters, gauges and histograms under Envoy's names. Only numbers and names; how they are shown lives elsewhere. */
@NullMarked
package io.weir.core.stats;

import org.jspecify.annotations.NullMarked;
