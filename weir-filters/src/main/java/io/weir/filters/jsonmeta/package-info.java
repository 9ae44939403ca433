/** The filter that writes values out of JSON bodies as dynamic metadata. */
@NullMarked
package io.weir.filters.jsonmeta;

import org.jspecify.annotations.NullMarked;
