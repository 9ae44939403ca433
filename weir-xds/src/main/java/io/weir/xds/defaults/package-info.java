/** What holds where a configuration says nothing, as tables beside those of the honoured fields; for people to read. */
@NullMarked
package io.weir.xds.defaults;

import org.jspecify.annotations.NullMarked;
