/** Which requests may leave HTTP for another protocol, or for a plain tunnel. How that is done is not decided here. */
@NullMarked
package io.weir.http.tunnel;

import org.jspecify.annotations.NullMarked;
