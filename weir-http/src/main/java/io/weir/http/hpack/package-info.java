/**
 * HPACK, the compression of header fields in HTTP/2 (RFC 7541). Nothing here knows what a field means.
 */
@NullMarked
package io.weir.http.hpack;

import org.jspecify.annotations.NullMarked;
