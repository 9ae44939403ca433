/** Questions to services, answered by grpc-java. */
@NullMarked
package io.weir.http.service;

import org.jspecify.annotations.NullMarked;
