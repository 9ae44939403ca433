/** When a request is sent to a second host before the first has answered, and how often that may be. No waiting. */
@NullMarked
package io.weir.core.hedge;

import org.jspecify.annotations.NullMarked;
