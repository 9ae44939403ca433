/** Tests of the program's own log. */
@NullMarked
package io.weir.app.log;

import org.jspecify.annotations.NullMarked;
