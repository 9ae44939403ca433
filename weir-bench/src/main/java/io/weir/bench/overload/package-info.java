/** More than can be done, offered to a running Weir: what is still done of it. */
@NullMarked
package io.weir.bench.overload;

import org.jspecify.annotations.NullMarked;
