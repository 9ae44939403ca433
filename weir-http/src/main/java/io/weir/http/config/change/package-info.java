/** What a change of the configuration concerns, seen from its protobuf form. */
@org.jspecify.annotations.NullMarked
package io.weir.http.config.change;
