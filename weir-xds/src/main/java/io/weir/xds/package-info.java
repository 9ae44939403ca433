/** The currency: Envoy v3 resources, read, checked and compiled. */
@NullMarked
package io.weir.xds;

import org.jspecify.annotations.NullMarked;
