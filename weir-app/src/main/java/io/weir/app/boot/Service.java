package io.weir.app.boot;

import io.weir.net.transport.Acceptor;
import io.weir.net.transport.ChannelSettings;

/**
 * What serves the connections of one listener: HTTP or byte streams.
 *
 * @param acceptor
 *            takes connections on the workers
 * @param settings
 *            how those connections read and write
 * @param drain
 *            asks connections to end when their present work is done; may be called more than once
 * @param closeAll
 *            ends every connection at once
 * @param forget
 *            lets go of what it holds beside connections, its access logs; after its last connection
 */
record Service(Acceptor acceptor, ChannelSettings settings, Runnable drain, Runnable closeAll, Runnable forget) {
}
