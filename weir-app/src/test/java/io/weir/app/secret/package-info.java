/** Files that TLS comes from, real ones that change. */
@NullMarked
package io.weir.app.secret;

import org.jspecify.annotations.NullMarked;
