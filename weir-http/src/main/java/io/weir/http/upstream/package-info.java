/**
 * Requests to hosts: connections, their pools per worker and host, and the stream that carries one request. Nothing
 * here knows of routes or of the client.
 */
@NullMarked
package io.weir.http.upstream;

import org.jspecify.annotations.NullMarked;
