/** Which connections filter chains and listener filters are for, out of their messages. Nothing of what they do. */
@NullMarked
package io.weir.xds.chain;

import org.jspecify.annotations.NullMarked;
