/** Beside: real peers and loads for tests. */
@NullMarked
package io.weir.testkit;

import org.jspecify.annotations.NullMarked;
