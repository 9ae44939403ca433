/** What a byte stream asks of services elsewhere before it is served, and who can ask. Knows nothing of HTTP's wire. */
@NullMarked
package io.weir.net.service;

import org.jspecify.annotations.NullMarked;
