/** What a client's connection says of itself, to whoever stands at its door and to logs. Nothing here serves it. */
@NullMarked
package io.weir.stream.client;

import org.jspecify.annotations.NullMarked;
