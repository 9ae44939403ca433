/**
 * Who may have a connection served, and how many may, where a service elsewhere decides: Envoy's network filters
 * ext_authz and ratelimit. Whoever calls the service stands elsewhere.
 */
@NullMarked
package io.weir.stream.ask;

import org.jspecify.annotations.NullMarked;
