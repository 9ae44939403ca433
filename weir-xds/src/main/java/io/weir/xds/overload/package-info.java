/** Reads what is watched for overload, and what is done about it. Measures nothing. */
@NullMarked
package io.weir.xds.overload;

import org.jspecify.annotations.NullMarked;
