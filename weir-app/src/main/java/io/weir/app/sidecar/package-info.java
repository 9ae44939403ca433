/** How connections are brought to a sidecar without their ends' knowledge. What it does with them is configuration. */
@NullMarked
package io.weir.app.sidecar;

import org.jspecify.annotations.NullMarked;
