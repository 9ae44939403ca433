/** Tests of the simulator, and what it says of the policies. */
@NullMarked
package io.weir.testkit.sim;

import org.jspecify.annotations.NullMarked;
