/** The commands a person types; arguments in, text and exit codes out. What they start lives in boot. */
@NullMarked
package io.weir.app.cli;

import org.jspecify.annotations.NullMarked;
