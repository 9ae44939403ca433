/** Hosts that refuse what Weir shows them. */
@NullMarked
package io.weir.app.refused;

import org.jspecify.annotations.NullMarked;
