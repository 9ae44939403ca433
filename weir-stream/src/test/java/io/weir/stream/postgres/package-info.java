/** How sessions of PostgreSQL begin. */
@NullMarked
package io.weir.stream.postgres;

import org.jspecify.annotations.NullMarked;
