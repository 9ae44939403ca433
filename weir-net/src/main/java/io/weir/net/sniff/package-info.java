/** What a connection's first bytes tell, before anybody serves it. Looks, hands on, and speaks no protocol itself. */
@NullMarked
package io.weir.net.sniff;

import org.jspecify.annotations.NullMarked;
