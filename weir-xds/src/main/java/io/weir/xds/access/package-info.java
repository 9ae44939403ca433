/** Reads who may do what: rules of Envoy's RBAC, whatever they are about. What can be looked at is its subject's. */
@NullMarked
package io.weir.xds.access;

import org.jspecify.annotations.NullMarked;
