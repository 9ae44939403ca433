/** What a route says of the copies of its requests that go to other clusters. */
@NullMarked
package io.weir.http.shadow;

import org.jspecify.annotations.NullMarked;
