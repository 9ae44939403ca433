/** Sessions of PostgreSQL that turn to TLS, over sockets. */
@NullMarked
package io.weir.app.postgres;

import org.jspecify.annotations.NullMarked;
