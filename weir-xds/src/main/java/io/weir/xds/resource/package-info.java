/**
 * What every reader of configuration shares: where something was written and what is wrong with it. Plain records; no
 * protobuf, no YAML, no I/O.
 */
@NullMarked
package io.weir.xds.resource;

import org.jspecify.annotations.NullMarked;
