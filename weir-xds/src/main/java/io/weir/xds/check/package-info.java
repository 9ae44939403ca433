/**
 * Whether a message may stand: the rules that Envoy's API states about itself, and the fields that Weir honours.
 * Nothing here reads text or builds anything from a message.
 */
@NullMarked
package io.weir.xds.check;

import org.jspecify.annotations.NullMarked;
