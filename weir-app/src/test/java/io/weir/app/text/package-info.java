/** Texts of configurations that tests of a whole Weir share. Nothing is started here. */
@NullMarked
package io.weir.app.text;

import org.jspecify.annotations.NullMarked;
