/** Numbers written out for others: Prometheus and Envoy's admin formats. Nothing is counted here. */
@NullMarked
package io.weir.observe.export;

import org.jspecify.annotations.NullMarked;
