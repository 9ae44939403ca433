/** Tests of start, drain, reload and stop. */
@NullMarked
package io.weir.app.boot;

import org.jspecify.annotations.NullMarked;
