/** Which upgrades a configuration allows. */
@NullMarked
package io.weir.http.config.upgrade;

import org.jspecify.annotations.NullMarked;
