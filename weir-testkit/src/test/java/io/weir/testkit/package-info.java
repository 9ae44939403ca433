/** Tests of the test kit: what others' tests rely on must itself be seen to work. */
@NullMarked
package io.weir.testkit;

import org.jspecify.annotations.NullMarked;
