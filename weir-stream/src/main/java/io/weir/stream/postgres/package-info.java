/**
 * How sessions of PostgreSQL turn to TLS: Envoy's network filter {@code postgres_proxy}, of which nothing but the first
 * messages of a session is read.
 */
@NullMarked
package io.weir.stream.postgres;

import org.jspecify.annotations.NullMarked;
