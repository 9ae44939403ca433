package io.weir.http.ratelimit;

import io.weir.core.model.AddressText;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.FilterExchange;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What actions look at: a request, and what is known of its connection, which is worked out once. Belongs to one
 * worker.
 */
public final class RequestView {
    private static final byte[] NONE = {};

    private final FilterExchange exchange;
    private @Nullable HttpHead head;
    private String cluster = "";
    private byte[] clusterBytes = NONE;
    private byte @Nullable [] client;
    private byte[] network = NONE;
    private int networkBits = -1;

    RequestView(FilterExchange exchange) {
        this.exchange = exchange;
    }

    /** The next request. */
    void of(HttpHead request) {
        head = request;
    }

    HttpHead head() {
        var now = head;
        if (now == null) {
            throw new IllegalStateException("no request");
        }
        return now;
    }

    /** The name of the cluster that the route chose; empty where it chose none. */
    byte[] cluster() {
        var target = exchange.target();
        String name = target == null ? "" : target.cluster();
        if (!name.equals(cluster)) {
            cluster = name;
            clusterBytes = name.getBytes(StandardCharsets.UTF_8);
        }
        return clusterBytes;
    }

    /** The client's address; empty where it has none, as on a socket of this machine. */
    byte[] client() {
        var known = client;
        if (known == null) {
            var address = address();
            known = address == null ? NONE : ascii(withoutZone(address));
            client = known;
        }
        return known;
    }

    /** The network of the client's address, such as {@code 10.1.0.0/16}; empty where it has none. */
    byte[] network(int v4Bits, int v6Bits) {
        var address = address();
        if (address == null) {
            return NONE;
        }
        int bits = address instanceof Inet4Address ? v4Bits : v6Bits;
        if (bits != networkBits) {
            byte[] bytes = address.getAddress();
            for (int i = 0; i < bytes.length; i++) {
                int kept = Math.clamp(bits - 8L * i, 0, 8);
                bytes[i] &= (byte) (0xff << (8 - kept));
            }
            try {
                network = ascii(AddressText.of(InetAddress.getByAddress(bytes)) + "/" + bits);
            } catch (UnknownHostException e) {
                throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
            }
            networkBits = bits;
        }
        return network;
    }

    private @Nullable InetAddress address() {
        return exchange.remoteAddress() instanceof InetSocketAddress inet ? inet.getAddress() : null;
    }

    private static String withoutZone(InetAddress address) {
        String text = AddressText.of(address);
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
