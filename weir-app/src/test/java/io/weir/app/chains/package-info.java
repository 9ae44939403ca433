/** What becomes of connections of a whole Weir when the filter chains of their listener change. */
@NullMarked
package io.weir.app.chains;

import org.jspecify.annotations.NullMarked;
