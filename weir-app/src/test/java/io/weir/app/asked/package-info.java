/** Services that a whole Weir asks while it serves, by grpc-java's server. */
@NullMarked
package io.weir.app.asked;

import org.jspecify.annotations.NullMarked;
