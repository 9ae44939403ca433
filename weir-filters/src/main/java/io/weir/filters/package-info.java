/** What is done to requests and responses on their way, one filter to a package; the way itself is weir-http's. */
@NullMarked
package io.weir.filters;

import org.jspecify.annotations.NullMarked;
