/** Whether one more is let in: limits that are exact across workers. No waiting, no queues. */
@NullMarked
package io.weir.core.admit;

import org.jspecify.annotations.NullMarked;
