package io.weir.http.route;

/**
 * What a route says for the sake of filters, beside their own configuration, such as the descriptors of rate limits. A
 * filter finds it by its class.
 */
public interface RouteNote {}
