/**
 * Sockets that listen pass from one process to the next, so that no connection is lost between them. Knows descriptors
 * and addresses; what is done with the sockets, and how processes start and end, is others' business.
 */
@NullMarked
package io.weir.net.handover;

import org.jspecify.annotations.NullMarked;
