/** What proxies before Weir tell of a connection or a request. */
@NullMarked
package io.weir.app.told;

import org.jspecify.annotations.NullMarked;
