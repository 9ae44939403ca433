/** Tests of the short form: what it expands to, and what it says when something is wrong. */
@NullMarked
package io.weir.xds.shortform;

import org.jspecify.annotations.NullMarked;
