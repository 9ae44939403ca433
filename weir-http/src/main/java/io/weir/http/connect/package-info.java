/** Carries byte streams through proxies that speak HTTP: a tunnel is a channel to whoever has one. */
@NullMarked
package io.weir.http.connect;

import org.jspecify.annotations.NullMarked;
