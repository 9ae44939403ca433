/** Beside: real peers, byte-exact clients, scripted origins and loads for tests. Depends on nothing of Weir. */
@NullMarked
package io.weir.testkit;

import org.jspecify.annotations.NullMarked;
