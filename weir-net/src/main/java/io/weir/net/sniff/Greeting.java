package io.weir.net.sniff;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.weir.core.chain.Traits;
import io.weir.core.socket.Tlv;
import io.weir.core.value.FilterState;
import io.weir.net.transport.OnBehalf;
import io.weir.net.transport.OriginalDestination;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was found out of a connection before its filter chain was chosen. Stays with the channel. The worker's. */
public final class Greeting {
    private static final AttributeKey<Greeting> KEY = AttributeKey.valueOf("weir.greeting");

    private String serverName = "";
    private String transportProtocol = "";
    private List<String> applicationProtocols = List.of();
    private @Nullable InetSocketAddress client;
    private @Nullable String ja3;
    private @Nullable String ja4;
    private Map<String, Map<String, Object>> metadata = Map.of();
    private List<Tlv> passedOn = List.of();
    private OnBehalf.@Nullable Disguise disguise;
    private @Nullable FilterState state;

    Greeting() {}

    /** That of a connection that somebody looked at, null of any other. */
    public static @Nullable Greeting of(Channel channel) {
        return channel.hasAttr(KEY) ? channel.attr(KEY).get() : null;
    }

    /** A new one, which the channel keeps. */
    static Greeting begin(Channel channel) {
        var greeting = new Greeting();
        channel.attr(KEY).set(greeting);
        return greeting;
    }

    /** Where a connection's client is: what a proxy before us tells, else the address that the connection came from. */
    public static SocketAddress remoteAddress(Channel channel) {
        Greeting greeting = of(channel);
        InetSocketAddress told = greeting == null ? null : greeting.client;
        return told == null ? channel.remoteAddress() : told;
    }

    /** What hosts can be told of a connection. */
    public static OnBehalf onBehalf(Channel channel) {
        Greeting found = of(channel);
        return new OnBehalf(remoteAddress(channel), OriginalDestination.localAddress(channel),
                found == null ? List.of() : found.passedOn, found == null ? null : found.disguise);
    }

    /** What filter chains are chosen by. */
    public static Traits traits(Channel channel) {
        Greeting found = of(channel);
        SocketAddress local = OriginalDestination.localAddress(channel);
        SocketAddress remote = remoteAddress(channel);
        String transport = found == null || found.transportProtocol.isEmpty() ? "raw_buffer" : found.transportProtocol;
        return new Traits(ip(local), port(local), found == null ? "" : found.serverName, transport,
                found == null ? List.of() : found.applicationProtocols, ip(channel.remoteAddress()), ip(remote),
                port(remote));
    }

    private static @Nullable InetAddress ip(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getAddress() : null;
    }

    private static int port(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }

    /** The name that the client's TLS asks for, in lower case; empty: none. */
    public String serverName() {
        return serverName;
    }

    /** {@code tls}; empty: nothing was found. */
    public String transportProtocol() {
        return transportProtocol;
    }

    /** What was kept under a name space. */
    public Map<String, Object> metadata(String namespace) {
        return metadata.getOrDefault(namespace, Map.of());
    }

    void tls(String name, List<String> protocols) {
        transportProtocol = "tls";
        serverName = name;
        applicationProtocols = List.copyOf(protocols);
    }

    void fingerprints(@Nullable String byJa3, @Nullable String byJa4) {
        ja3 = byJa3;
        ja4 = byJa4;
    }

    /** The fingerprint JA3 of the connection's client, where it has been worked out. */
    public @Nullable String ja3() {
        return ja3;
    }

    /** The fingerprint JA4 of the connection's client, where it has been worked out. */
    public @Nullable String ja4() {
        return ja4;
    }

    void speaks(String protocol) {
        applicationProtocols = List.of(protocol);
    }

    void client(InetSocketAddress told) {
        client = told;
    }

    /** Whether connections to hosts are to look as if they were this one's client's. */
    public static boolean disguises(Channel channel) {
        Greeting found = of(channel);
        return found != null && found.disguise != null;
    }

    void disguise(OnBehalf.Disguise as) {
        disguise = as;
    }

    void passOn(Tlv value) {
        if (passedOn.isEmpty()) {
            passedOn = new ArrayList<>();
        }
        passedOn.add(value);
    }

    /** Keeps something under a name space, for logs and rules; of a connection that nobody looked at too. */
    public static void keep(Channel channel, String namespace, String key, Object value) {
        Greeting found = of(channel);
        (found == null ? begin(channel) : found).keep(namespace, key, value);
    }

    /** Where filters leave objects for as long as the connection lives; of one that nobody looked at too. */
    public static FilterState state(Channel channel) {
        Greeting found = of(channel);
        Greeting greeting = found == null ? begin(channel) : found;
        FilterState made = greeting.state;
        if (made == null) {
            made = new FilterState(null);
            greeting.state = made;
        }
        return made;
    }

    /** The same, to be looked at; null: nobody has left anything. */
    public static @Nullable FilterState left(Channel channel) {
        Greeting found = of(channel);
        return found == null ? null : found.state;
    }

    void keep(String namespace, String key, Object value) {
        if (metadata.isEmpty()) {
            metadata = new HashMap<>();
        }
        metadata.computeIfAbsent(namespace, _ -> new HashMap<>()).put(key, value);
    }
}
