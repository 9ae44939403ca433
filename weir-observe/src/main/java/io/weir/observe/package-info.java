/** What happened: access logs and stats exports. */
@NullMarked
package io.weir.observe;

import org.jspecify.annotations.NullMarked;
