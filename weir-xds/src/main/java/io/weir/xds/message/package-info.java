/**
 * Messages that the jar of Envoy's API has not: Weir's own for what Envoy has none, which the short form writes and
 * readers take, and one of Envoy's contributed extensions.
 */
@NullMarked
package io.weir.xds.message;

import org.jspecify.annotations.NullMarked;
