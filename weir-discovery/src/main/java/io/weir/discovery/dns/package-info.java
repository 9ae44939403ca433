/** Names resolved to hosts, again and again: when to ask, whom to ask, and what an answer means for a cluster. */
@NullMarked
package io.weir.discovery.dns;

import org.jspecify.annotations.NullMarked;
