/** Notices that the file of the configuration has become another. */
@NullMarked
package io.weir.app.follow;

import org.jspecify.annotations.NullMarked;
