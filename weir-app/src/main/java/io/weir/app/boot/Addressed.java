package io.weir.app.boot;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which listener has an address, whether it listens there or not: that of a connection which is handed on. Changed by
 * the conductor; asked by any thread.
 */
final class Addressed implements OpenListener.Neighbours {
    private static final InetAddress ANY4 = InetAddress.ofLiteral("0.0.0.0");
    private static final InetAddress ANY6 = InetAddress.ofLiteral("::");

    private volatile Map<SocketAddress, OpenListener> all = Map.of();

    /** By the addresses that these have now: who has been closed has none. Of several with one address, the first. */
    void are(List<OpenListener> listeners) {
        Map<SocketAddress, OpenListener> addresses = new HashMap<>();
        for (OpenListener listener : listeners) {
            listener.addresses().forEach(address -> addresses.putIfAbsent(address, listener));
        }
        all = Map.copyOf(addresses);
    }

    /** The listener of this address; else that of its port on all addresses of the machine. Null: none. */
    @Override
    public @Nullable OpenListener at(InetSocketAddress address) {
        Map<SocketAddress, OpenListener> now = all;
        OpenListener exact = now.get(address);
        if (exact != null) {
            return exact;
        }
        OpenListener any = now.get(new InetSocketAddress(address.getAddress() instanceof Inet4Address ? ANY4 : ANY6,
                address.getPort()));
        OpenListener both = any != null ? null : now.get(new InetSocketAddress(ANY6, address.getPort()));
        return any != null || both == null || !both.spec().ipv4Compatible() ? any : both;
    }
}
