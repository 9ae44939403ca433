/** What a proxy answers when it is itself checked: Envoy's health check filter. */
@NullMarked
package io.weir.http.selfcheck;

import org.jspecify.annotations.NullMarked;
