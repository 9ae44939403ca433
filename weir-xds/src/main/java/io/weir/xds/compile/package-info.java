/**
 * From Envoy v3 resources to plain specs: everything is checked, every problem is told, and what comes out holds no
 * protobuf type. No sockets, no threads; a file is read only by {@link io.weir.xds.compile.ConfigFile}.
 */
@NullMarked
package io.weir.xds.compile;

import org.jspecify.annotations.NullMarked;
