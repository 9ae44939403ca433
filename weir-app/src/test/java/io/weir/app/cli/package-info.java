/** Tests of the commands, in this process and in others. */
@NullMarked
package io.weir.app.cli;

import org.jspecify.annotations.NullMarked;
