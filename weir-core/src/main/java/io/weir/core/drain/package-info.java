/** When connections are asked to end. Knows no connection: only numbers and times. */
@NullMarked
package io.weir.core.drain;

import org.jspecify.annotations.NullMarked;
