@NullMarked
package io.weir.xds.tls;

import org.jspecify.annotations.NullMarked;
