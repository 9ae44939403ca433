/** Where hosts come from: DNS. */
@NullMarked
package io.weir.discovery;

import org.jspecify.annotations.NullMarked;
