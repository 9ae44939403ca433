/** What the readers of health checks of all protocols share. */
@NullMarked
package io.weir.xds.health;

import org.jspecify.annotations.NullMarked;
