package io.weir.http.proxy;

import io.weir.core.balance.Picker;
import io.weir.core.cluster.Choice;
import io.weir.core.cluster.Choices;
import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.Clusters;
import io.weir.core.hash.HashKey;
import io.weir.core.hash.HashKeys;
import io.weir.core.hash.XxHash64;
import io.weir.core.model.Balancing;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.ClusterSpec.OriginalDst;
import io.weir.core.model.Criteria;
import io.weir.core.model.DiscoveryType;
import io.weir.core.value.FilterState;
import io.weir.core.value.HostSource;
import io.weir.core.value.MetadataPath;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.config.HttpManagerSpec.ClientAddress;
import io.weir.http.proxy.client.Addresses;
import io.weir.http.proxy.client.ForwardedClient;
import io.weir.http.sticky.HashSource;
import io.weir.http.sticky.RequestHash;
import io.weir.http.sticky.SetCookie;
import io.weir.net.transport.OriginalDestination;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which host a request belongs to, as far as the request tells: its hash, worked out when a picker first asks and kept
 * for its retries, and the cookies that a client is given so that its next request belongs to the same host. Serves one
 * exchange after another; belongs to one worker.
 */
final class Affinity implements HashSource {
    /** Hosts that one request may name. */
    private static final int NAMED_MAX = 32;

    private final Exchange exchange;
    private final Downstream downstream;
    private final RequestHash hash;
    private final ForwardedClient client;
    private final List<String> cookies = new ArrayList<>(0);
    private HashKeys keys = HashKeys.NONE;
    private boolean givesCookies;
    private boolean computed;
    private @Nullable String bound;
    private boolean strict;
    private List<HostSource> sources = List.of();
    private @Nullable List<String> named;
    private final ConfiguredNames names;
    private OriginalDst originalDst = OriginalDst.DEFAULT;
    private @Nullable Choices choices;
    /** How its cluster's hosts are picked, of one that its route's stands for; and those of one that may follow it. */
    private @Nullable Choice chosen;
    private @Nullable Choice other;

    Affinity(Exchange exchange, Downstream downstream, ClientAddress rule) {
        this.exchange = exchange;
        this.downstream = downstream;
        this.hash = new RequestHash(downstream.worker());
        this.names = ConfiguredNames.of(downstream.worker());
        this.client = new ForwardedClient(rule);
    }

    /** Nothing is known of the exchange that begins. */
    void clear() {
        bound = null;
        strict = false;
    }

    /**
     * The request belongs to a session at this host.
     *
     * @param only
     *            no other host may have it
     */
    void bind(String address, boolean only) {
        bound = address;
        strict = only;
    }

    /**
     * The request goes to a cluster.
     *
     * @param route
     *            what its route hashes
     * @param to
     *            its cluster; what that hashes goes before
     */
    void begin(HashKeys route, ClusterSpec to) {
        Balancing cluster = to.balancing();
        originalDst = to.type() == DiscoveryType.ORIGINAL_DST ? to.originalDst() : OriginalDst.DEFAULT;
        // keys of a cluster only look, as in Envoy: they may serve streams of bytes too
        givesCookies = cluster.hashKeys().isEmpty();
        keys = givesCookies ? route : cluster.hashKeys();
        computed = false;
        cookies.clear();
        sources = cluster.overrideSources();
        named = null;
    }

    /**
     * The cluster of this name; of one that stands for others, the one that the request goes to. Null: there is none.
     */
    @Nullable
    Cluster cluster(Clusters all, String name) {
        Cluster cluster = all.find(name);
        choices = cluster == null ? null : cluster.choices();
        Choice choice = choices == null ? null : choices.choose(downstream.worker().random());
        chosen = choice;
        other = null;
        return choice == null ? null : choice.cluster();
    }

    /**
     * Another of the clusters that its cluster stands for, where there is one, rather a preferred one; else the same.
     * Nothing has come of that before a host is picked there.
     */
    Cluster elsewhere(Cluster from, Predicate<Cluster> preferred) {
        Choice choice = choices == null ? null : choices.other(from, preferred);
        other = choice;
        return choice == null ? from : choice.cluster();
    }

    /** The picker of its cluster. */
    Picker picker(Cluster to) {
        Choice next = other;
        if (next != null && next.cluster() == to) {
            chosen = next;
        }
        other = null;
        return chosen == null ? to.view().picker() : chosen.picker(to.view());
    }

    /**
     * Where the request says that it goes; where it says nothing that is an address, where its connection was going.
     * Null: neither is known.
     */
    @Nullable
    SocketAddress destination() {
        String header = originalDst.header();
        MetadataPath path = originalDst.metadata();
        String text = path == null ? null : said(path);
        InetSocketAddress said = text == null ? null : Addresses.literal(text);
        if (said == null && header != null) {
            said = asked(header);
        }
        InetSocketAddress address = said == null && downstream.localAddress() instanceof OriginalDestination to
                ? to
                : said;
        return address == null || originalDst.port() == 0
                ? address
                : new InetSocketAddress(address.getAddress(), originalDst.port());
    }

    private @Nullable InetSocketAddress asked(String header) {
        HttpHead request = exchange.request();
        String value = request == null ? null : request.value(names.name(header));
        return value == null ? null : Addresses.literal(value.strip());
    }

    /** The text that filters have written down there; null: none. */
    private @Nullable String said(MetadataPath path) {
        return path.in(exchange.record().dynamicMetadata(path.namespace())) instanceof String text ? text : null;
    }

    /** What is asked of hosts' metadata: by the request's filters, and where these say nothing of a key, its route. */
    @Nullable
    Criteria criteria(@Nullable Criteria route) {
        Map<String, Object> said = exchange.record().dynamicMetadata(Criteria.SPACE);
        if (said.isEmpty()) {
            return route;
        }
        return route == null ? Criteria.of(said) : route.with(said);
    }

    /** The n-th host that the request is bound to: its session's, then those that it names itself. */
    @Nullable
    String overrideHost(int n) {
        int first = bound == null ? 0 : 1;
        if (n < first) {
            return bound;
        }
        if (sources.isEmpty()) {
            return null;
        }
        List<String> all = named;
        if (all == null) {
            all = named(exchange.request());
            named = all;
        }
        return n - first < all.size() ? all.get(n - first) : null;
    }

    private List<String> named(@Nullable HttpHead request) {
        List<String> all = new ArrayList<>();
        for (HostSource source : sources) {
            String value = switch (source) {
                case HostSource.Header(String name) -> request == null ? null : request.value(names.name(name));
                case HostSource.Metadata(MetadataPath path) -> said(path);
            };
            for (String address : value == null ? new String[0] : value.split(",", NAMED_MAX)) {
                if (!address.isBlank() && all.size() < NAMED_MAX) {
                    all.add(address.strip());
                }
            }
        }
        return all;
    }

    boolean overrideStrict() {
        return strict;
    }

    boolean hashed() {
        if (keys.isEmpty()) {
            return false;
        }
        if (!computed) {
            computed = true;
            HttpHead request = exchange.request();
            if (request == null) {
                throw new IllegalStateException("a pick without a request");
            }
            hash.compute(keys, request, this);
        }
        return hash.found();
    }

    long hash() {
        return hashed() ? hash.value() : 0;
    }

    /** The hash of a request before its cluster is known; {@code otherwise} where it has none. Gives no cookies. */
    long hash(HashKeys route, HttpHead request, long otherwise) {
        givesCookies = false;
        hash.compute(route, request, this);
        return hash.found() ? hash.value() : otherwise;
    }

    /** A host has answered: the client gets its cookies. */
    void answered(HttpHead response) {
        for (int i = 0; i < cookies.size(); i++) {
            response.add(HeaderName.SET_COOKIE, cookies.get(i));
        }
    }

    /** The client that is to be believed, of the request at hand. */
    ForwardedClient client() {
        client.locate(exchange.request(), exchange.headerPolicy().remoteIp());
        return client;
    }

    @Override
    public boolean hasClientIp() {
        var found = client();
        return found.end() > found.start();
    }

    @Override
    public long clientIpHash() {
        var found = client();
        return XxHash64.of(found.bytes(), found.start(), found.end() - found.start(), 0);
    }

    @Override
    public @Nullable String hashable(String key) {
        var left = exchange.record().filterState(key);
        return left != null && left.kind() == FilterState.Kind.HASHABLE_STRING ? left.text() : null;
    }

    /**
     * The same for all requests of one connection that come before the first answer, so that they go to one host: from
     * both ends' addresses, as in Envoy.
     */
    @Override
    public @Nullable String made(HashKey.Cookie cookie) {
        HashKey.MadeCookie made = cookie.made();
        if (made == null || !givesCookies) {
            return null;
        }
        String ends = Addresses.text(downstream.remoteAddress()) + Addresses.text(downstream.localAddress());
        String value = HexFormat.of().toHexDigits(XxHash64.of(ends));
        cookies.add(SetCookie.text(cookie.name(), value, made));
        return value;
    }
}
