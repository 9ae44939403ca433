/** Certificates that Weir has issued for itself, as listeners have to do with them. */
@NullMarked
package io.weir.app.acme;

import org.jspecify.annotations.NullMarked;
