/** Tests of what is outside the jars: the launcher and the distribution's files. */
@NullMarked
package io.weir.app.dist;

import org.jspecify.annotations.NullMarked;
