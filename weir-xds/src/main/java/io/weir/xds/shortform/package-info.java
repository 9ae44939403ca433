/**
 * What a person writes ({@code listen:}, {@code services:}) as Envoy's bootstrap: a tree becomes another tree, and
 * every node keeps its place in the person's text. No protobuf except the one message of the demo backends, and no I/O.
 */
@NullMarked
package io.weir.xds.shortform;

import org.jspecify.annotations.NullMarked;
