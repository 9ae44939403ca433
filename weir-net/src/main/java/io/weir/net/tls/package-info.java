/** TLS at work, by BoringSSL: certificates and keys read, contexts built, connections secured. No protobuf, no HTTP. */
@NullMarked
package io.weir.net.tls;

import org.jspecify.annotations.NullMarked;
