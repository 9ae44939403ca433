/**
 * The filter that lets clients of JSON over HTTP call services of gRPC, by the annotations of their methods. Messages
 * have no classes here, only descriptors that the configuration brings, so this package sees protobuf at run time too.
 */
@NullMarked
package io.weir.filters.transcode;

import org.jspecify.annotations.NullMarked;
