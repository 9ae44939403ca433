/** The house rules as tests: what can be checked by a machine is checked here, and nobody has to remember it. */
@NullMarked
package io.weir.app.house;

import org.jspecify.annotations.NullMarked;
