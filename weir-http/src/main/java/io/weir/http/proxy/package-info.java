/**
 * One exchange: a request is prepared, routed, sent, retried, timed and answered. Nothing here knows how the bytes of
 * either side are framed.
 */
@NullMarked
package io.weir.http.proxy;

import org.jspecify.annotations.NullMarked;
