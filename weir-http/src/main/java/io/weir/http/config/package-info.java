/** The settings of the HTTP side as plain records, and the only classes here that see their protobuf form. */
@org.jspecify.annotations.NullMarked
package io.weir.http.config;
