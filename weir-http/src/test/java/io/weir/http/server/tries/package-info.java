/** Tests of what becomes of requests whose hosts fail, are late or point elsewhere, over sockets. */
@NullMarked
package io.weir.http.server.tries;

import org.jspecify.annotations.NullMarked;
