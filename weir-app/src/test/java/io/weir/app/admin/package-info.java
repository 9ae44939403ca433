/** Tests of the admin over real HTTP. */
@NullMarked
package io.weir.app.admin;

import org.jspecify.annotations.NullMarked;
