/** Who the client of a request is: addresses as text, and which of them is to be believed. No exchange. */
@NullMarked
package io.weir.http.proxy.client;

import org.jspecify.annotations.NullMarked;
