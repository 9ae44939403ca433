/**
 * The administration server on its own address and threads; Envoy's endpoints. It reads published views, and asks boot
 * to act.
 */
@NullMarked
package io.weir.app.admin;

import org.jspecify.annotations.NullMarked;
