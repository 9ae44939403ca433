/** From a scenario's file to a scenario: every problem at once, with place, path, value and cure. */
@NullMarked
package io.weir.testkit.sim.file;

import org.jspecify.annotations.NullMarked;
