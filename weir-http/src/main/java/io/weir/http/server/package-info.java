/**
 * The client's side: connections accepted by a listener, their requests taken from the bytes one after another and
 * their responses written back. What becomes of a request is decided elsewhere.
 */
@NullMarked
package io.weir.http.server;

import org.jspecify.annotations.NullMarked;
