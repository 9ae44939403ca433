/** Questions of Weir's own to services, by gRPC over the pools that requests use. Not what passes through Weir. */
@NullMarked
package io.weir.http.service;

import org.jspecify.annotations.NullMarked;
