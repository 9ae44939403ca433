/** Which part of a large cluster one proxy of many uses at all. Names in, shares out: no hosts, no health. */
@NullMarked
package io.weir.core.aperture;

import org.jspecify.annotations.NullMarked;
