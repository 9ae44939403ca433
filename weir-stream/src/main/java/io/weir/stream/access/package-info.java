/**
 * Who may have a connection served: Envoy's network filter RBAC, behind TLS and whatever looked at the connection
 * before. What rules are is the core's.
 */
@NullMarked
package io.weir.stream.access;

import org.jspecify.annotations.NullMarked;
