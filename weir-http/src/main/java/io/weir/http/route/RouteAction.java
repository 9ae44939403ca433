package io.weir.http.route;

/** What becomes of a request that a route matched. */
public sealed interface RouteAction permits Forward, Redirect, Direct {}
