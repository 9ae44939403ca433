/** Tests of the demo backends. */
@NullMarked
package io.weir.app.demo;

import org.jspecify.annotations.NullMarked;
