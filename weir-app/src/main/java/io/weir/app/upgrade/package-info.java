/**
 * One process takes over from another: starts the next, meets the one before, tells the supervisor. Opens no listener.
 */
@NullMarked
package io.weir.app.upgrade;

import org.jspecify.annotations.NullMarked;
