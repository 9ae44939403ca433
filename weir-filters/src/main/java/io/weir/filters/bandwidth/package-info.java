/** The bandwidth limit filter: bodies of requests and responses share so many bytes a second. */
@NullMarked
package io.weir.filters.bandwidth;

import org.jspecify.annotations.NullMarked;
