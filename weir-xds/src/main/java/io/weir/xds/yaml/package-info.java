/**
 * From text to messages and back: YAML or JSON to a tree that knows its lines, the tree to Envoy's messages, messages
 * to canonical text. What a message means, and whether it may be used, is not known here.
 */
@NullMarked
package io.weir.xds.yaml;

import org.jspecify.annotations.NullMarked;
