/**
 * Tests of the compiler. Filters are read by stand-ins that take every field: the real readers live in other modules.
 */
@NullMarked
package io.weir.xds.compile;

import org.jspecify.annotations.NullMarked;
