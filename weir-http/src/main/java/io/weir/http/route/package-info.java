/**
 * Where a request goes and what is changed on its way: tables built once, asked for every request; no protobuf here.
 */
@org.jspecify.annotations.NullMarked
package io.weir.http.route;
