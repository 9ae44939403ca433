/** Tests of discovery by DNS: against scripted answers and against a real server. */
@NullMarked
package io.weir.discovery.dns;

import org.jspecify.annotations.NullMarked;
