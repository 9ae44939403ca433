/** Room that the few large messages borrow from their thread. */
@NullMarked
package io.weir.http.room;

import org.jspecify.annotations.NullMarked;
