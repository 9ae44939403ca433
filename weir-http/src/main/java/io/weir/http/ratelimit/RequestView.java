package io.weir.http.ratelimit;

import io.weir.core.value.MetadataSource;
import io.weir.core.model.AddressText;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.ClientIp;
import io.weir.http.filter.FilterExchange;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What actions look at: a request, its client and its cluster. What has to be worked out is kept for the next request,
 * which often has the same. Belongs to one worker.
 */
public final class RequestView {
    private static final byte[] NONE = {};

    private final FilterExchange exchange;
    private @Nullable HttpHead head;
    private String cluster = "";
    private byte[] clusterBytes = NONE;
    /** The client whose network is {@link #network}, for so many bits. */
    private byte[] client = NONE;
    private byte[] network = NONE;
    private int networkV4Bits = -1;
    private int networkV6Bits = -1;

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
    ClientIp client() {
        return exchange.clientIp();
    }

    /** What the route says of itself, or filters before have written down, under a namespace. */
    Map<String, Object> metadata(MetadataSource source, String namespace) {
        return exchange.formats().metadata(source, namespace);
    }

    /** The network of the client's address, such as {@code 10.1.0.0/16}; empty where it has none. */
    byte[] network(int v4Bits, int v6Bits) {
        var ip = exchange.clientIp();
        if (ip.end() == ip.start()) {
            return NONE;
        }
        boolean same = Arrays.equals(ip.bytes(), ip.start(), ip.end(), client, 0, client.length);
        if (!same || v4Bits != networkV4Bits || v6Bits != networkV6Bits) {
            client = Arrays.copyOfRange(ip.bytes(), ip.start(), ip.end());
            networkV4Bits = v4Bits;
            networkV6Bits = v6Bits;
            network = network(InetAddress.ofLiteral(new String(client, StandardCharsets.ISO_8859_1)), v4Bits, v6Bits);
        }
        return network;
    }

    private static byte[] network(InetAddress address, int v4Bits, int v6Bits) {
        int bits = address instanceof Inet4Address ? v4Bits : v6Bits;
        byte[] bytes = address.getAddress();
        for (int i = 0; i < bytes.length; i++) {
            int kept = Math.clamp(bits - 8L * i, 0, 8);
            bytes[i] &= (byte) (0xff << (8 - kept));
        }
        try {
            return (AddressText.of(InetAddress.getByAddress(bytes)) + "/" + bits)
                    .getBytes(StandardCharsets.ISO_8859_1);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
        }
    }
}
