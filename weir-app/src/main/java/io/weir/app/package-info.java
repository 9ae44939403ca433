/** The executable: command line, boot, admin. */
@NullMarked
package io.weir.app;

import org.jspecify.annotations.NullMarked;
