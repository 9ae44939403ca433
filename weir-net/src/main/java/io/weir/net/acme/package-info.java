/**
 * Certificates from an authority that issues them by itself (ACME, RFC 8555): the client of its protocol, what proves
 * that a name is ours, what is kept on disk, and when it is done again. No protobuf, no HTTP server; who shows the
 * certificates to clients reads them from their files.
 */
@NullMarked
package io.weir.net.acme;

import org.jspecify.annotations.NullMarked;
