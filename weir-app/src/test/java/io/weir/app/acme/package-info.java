/** Tests of certificates that are issued for listeners. */
@NullMarked
package io.weir.app.acme;

import org.jspecify.annotations.NullMarked;
