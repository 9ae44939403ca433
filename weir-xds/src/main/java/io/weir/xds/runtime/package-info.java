/** What a bootstrap's runtime layers say. Numbers only; what they do is not known here. */
@NullMarked
package io.weir.xds.runtime;

import org.jspecify.annotations.NullMarked;
