/** Tests of certificates that an authority issues by itself. */
@NullMarked
package io.weir.net.acme;

import org.jspecify.annotations.NullMarked;
