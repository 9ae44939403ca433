/** What filters write down of a request for others to read: dynamic metadata, from fields or from the configuration. */
@NullMarked
package io.weir.filters.metadata;

import org.jspecify.annotations.NullMarked;
