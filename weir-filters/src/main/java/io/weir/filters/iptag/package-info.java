/** The IP tagging filter: networks have names, and requests carry those of the networks that their client is in. */
@NullMarked
package io.weir.filters.iptag;

import org.jspecify.annotations.NullMarked;
