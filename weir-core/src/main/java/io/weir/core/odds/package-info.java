/** Draws by weights in constant time. Knows no hosts' state, and no policy. */
@NullMarked
package io.weir.core.odds;

import org.jspecify.annotations.NullMarked;
