@NullMarked
package io.weir.xds.listen;

import org.jspecify.annotations.NullMarked;
