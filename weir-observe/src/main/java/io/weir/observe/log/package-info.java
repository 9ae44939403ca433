/** Access logs: what a line looks like and how it reaches its file without holding up a worker. */
@NullMarked
package io.weir.observe.log;

import org.jspecify.annotations.NullMarked;
