/**
 * The one form that paths and authorities have before they are routed; no routes here.
 */
@org.jspecify.annotations.NullMarked
package io.weir.http.route.normal;
