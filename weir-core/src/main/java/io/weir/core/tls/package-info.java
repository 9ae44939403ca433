/**
 * What is told of TLS: how connections are made secure, as plain records, and what is known of one that is. No keys.
 */
@NullMarked
package io.weir.core.tls;

import org.jspecify.annotations.NullMarked;
