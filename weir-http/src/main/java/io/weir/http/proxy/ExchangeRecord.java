package io.weir.http.proxy;

import io.weir.core.cluster.Cluster;
import io.weir.core.model.Host;
import io.weir.core.model.ClusterSpec;
import io.weir.core.value.FilterState;
import io.weir.core.value.MetadataSource;
import io.weir.core.tls.TlsFacts;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.Remarks;
import io.weir.http.filter.time.FilterTimes;
import io.weir.http.proxy.client.Addresses;
import io.weir.http.reply.ReplyRecord;
import io.weir.http.route.RouteMetadata;
import io.weir.http.route.match.ClientCertificate;
import io.weir.net.sniff.Greeting;
import io.weir.observe.log.LogBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One exchange as access logs and header formats see it. */
final class ExchangeRecord implements ReplyRecord {
    private static final HttpHead NONE = new HttpHead();
    private final Exchange exchange;
    private long endNanos;
    private @Nullable String localReplyBody;
    private final Remarks remarks;
    private @Nullable FilterTimes times;
    private boolean anew;

    /**
     * Of one exchange after another.
     *
     * @param remarks
     *            what filters say of each
     */
    ExchangeRecord(Exchange exchange, Remarks remarks) {
        this.exchange = exchange;
        this.remarks = remarks;
    }

    /** What filters say of the exchange. */
    Remarks remarks() {
        return remarks;
    }

    /** Whether it is looked at as if no filter had said anything: a request that begins anew. */
    void anew(boolean unsaid) {
        anew = unsaid;
    }

    /** The times of the exchange's filters; null: they are not taken. */
    void times(@Nullable FilterTimes its) {
        times = its;
    }

    @Override
    public @Nullable String filterTimes() {
        return times == null ? null : times.toString();
    }

    void ended(long nowNanos) {
        endNanos = nowNanos;
    }

    @Override
    public HttpHead request() {
        var head = exchange.request();
        return head == null ? NONE : head;
    }

    @Override
    public long durationNanos() {
        return endNanos - exchange.moments().startNanos;
    }

    @Override
    public long bytesReceived() {
        return exchange.moments().bytesReceived;
    }

    @Override
    public long bytesSent() {
        return exchange.moments().bytesSent;
    }

    @Override
    public long flags() {
        return exchange.flags();
    }

    @Override
    public int responseCode() {
        var head = exchange.response().head(); // of Weir's own answer, which may yet change
        return head == null ? exchange.response().status() : head.status();
    }

    @Override
    public @Nullable String localReplyBody() {
        return localReplyBody;
    }

    @Override
    public void localReplyBody(@Nullable String body) {
        localReplyBody = body;
    }

    @Override
    public @Nullable String responseCodeDetails() {
        return exchange.response().details().isEmpty() ? null : exchange.response().details();
    }

    @Override
    public long requestDurationNanos() {
        return since(exchange.moments().requestEndNanos);
    }

    @Override
    public long responseDurationNanos() {
        return since(exchange.moments().responseStartNanos);
    }

    @Override
    public long responseTxDurationNanos() {
        return exchange.moments().responseStartNanos == 0 ? -1 : endNanos - exchange.moments().responseStartNanos;
    }

    private long since(long nanos) {
        return nanos == 0 ? -1 : nanos - exchange.moments().startNanos;
    }

    @Override
    public @Nullable String upstreamLocalAddress() {
        var address = exchange.attempts().visit().localAddress();
        return address == null ? null : Addresses.text(address);
    }

    @Override
    public @Nullable TlsFacts upstreamTls() {
        return exchange.attempts().visit().tls();
    }

    @Override
    public @Nullable String upstreamTransportFailureReason() {
        return exchange.attempts().visit().failureReason();
    }

    @Override
    public @Nullable String upstreamProtocol() {
        return exchange.attempts().visit().protocol();
    }

    @Override
    public int upstreamRequestAttemptCount() {
        return exchange.attempts().count();
    }

    @Override
    public @Nullable TlsFacts tls() {
        return exchange.downstream().tls();
    }

    @Override
    public ClientCertificate clientCertificate() {
        TlsFacts tls = tls();
        return tls == null ? ClientCertificate.NONE : new ClientCertificate(tls.peer() != null, tls.peerValidated());
    }

    @Override
    public @Nullable String requestedServerName() {
        TlsFacts tls = tls();
        if (tls != null && tls.serverName() != null) {
            return tls.serverName();
        }
        Greeting greeting = exchange.downstream().greeting();
        return greeting == null || greeting.serverName().isEmpty() ? null : greeting.serverName();
    }

    @Override
    public @Nullable String ja3Fingerprint() {
        Greeting greeting = exchange.downstream().greeting();
        return greeting == null ? null : greeting.ja3();
    }

    @Override
    public @Nullable String ja4Fingerprint() {
        Greeting greeting = exchange.downstream().greeting();
        return greeting == null ? null : greeting.ja4();
    }

    @Override
    public long connectionId() {
        return exchange.downstream().connectionId();
    }

    @Override
    public Map<String, Object> dynamicMetadata(String namespace) {
        Map<String, Object> said = anew ? Map.of() : remarks.namespace(namespace);
        Greeting greeting = said.isEmpty() ? exchange.downstream().greeting() : null;
        return greeting == null ? said : greeting.metadata(namespace);
    }

    @Override
    public Map<String, Object> metadata(MetadataSource source, String namespace) {
        return switch (source) {
            case DYNAMIC -> dynamicMetadata(namespace);
            case ROUTE, VIRTUAL_HOST -> {
                var route = exchange.actions().route();
                var said = route == null ? null : route.note(RouteMetadata.class);
                yield said == null
                        ? Map.of()
                        : space(source == MetadataSource.ROUTE ? said.route() : said.virtualHost(), namespace);
            }
            case CLUSTER -> {
                var cluster = exchange.attempts().cluster();
                yield cluster == null
                        ? Map.of()
                        : space(cluster.spec().extensions().get(ClusterSpec.METADATA), namespace);
            }
            case UPSTREAM_HOST -> {
                var host = exchange.attempts().visit().host();
                yield host == null ? Map.of() : space(host.endpoint().metadata(), namespace);
            }
        };
    }

    @SuppressWarnings("unchecked") // metadata are read as maps of maps by text
    private static Map<String, Object> space(@Nullable Object spaces, String namespace) {
        return spaces instanceof Map<?, ?> all && all.get(namespace) instanceof Map<?, ?> values
                ? (Map<String, Object>) values
                : Map.of();
    }

    @Override
    public @Nullable String virtualClusterName() {
        return exchange.actions().tally().virtualCluster();
    }

    @Override
    public FilterState.@Nullable Value filterState(String key) {
        return anew ? remarks.kept(key) : remarks.left(key);
    }

    @Override
    public boolean requestHeader(String lowerName, LogBuffer out) {
        var head = exchange.request();
        if (head == null) {
            return false;
        }
        return switch (lowerName) {
            case ":method" -> part(head, head.methodStart(), head.methodEnd(), out);
            case ":path" -> part(head, head.pathStart(), head.pathEnd(), out);
            case ":authority" -> part(head, head.authorityStart(), head.authorityEnd(), out);
            case ":scheme" -> {
                out.append(exchange.headerPolicy().scheme());
                yield true;
            }
            default -> field(head, lowerName, out);
        };
    }

    @Override
    public boolean responseHeader(String lowerName, LogBuffer out) {
        var head = exchange.response().head();
        return head != null && field(head, lowerName, out);
    }

    private static boolean field(HttpHead head, String lowerName, LogBuffer out) {
        int line = head.find(HeaderName.of(lowerName));
        return line >= 0 && part(head, head.valueStart(line), head.valueEnd(line), out);
    }

    private static boolean part(HttpHead head, int start, int end, LogBuffer out) {
        if (start == end) {
            return false;
        }
        out.append(head.bytes(), start, end - start);
        return true;
    }

    /** Who is to be believed to ask. Of a client that a header field names the port is not known: 0, as in Envoy. */
    @Override
    public String downstreamRemoteAddress() {
        String told = exchange.affinity().client().told();
        return told == null ? Addresses.text(exchange.downstream().remoteAddress()) : told;
    }

    @Override
    public String connectionRemoteAddress() {
        return Addresses.text(exchange.downstream().remoteAddress());
    }

    @Override
    public String downstreamDirectRemoteAddress() {
        return Addresses.text(exchange.downstream().directRemoteAddress());
    }

    @Override
    public String downstreamLocalAddress() {
        return Addresses.text(exchange.downstream().localAddress());
    }

    @Override
    public String protocol() {
        return exchange.downstream().protocol();
    }

    @Override
    public long startEpochMicros() {
        return exchange.moments().startEpochMicros;
    }

    @Override
    public String routeName() {
        var route = exchange.actions().route();
        return route == null ? "" : route.name();
    }

    @Override
    public @Nullable String upstreamCluster() {
        Cluster cluster = exchange.attempts().cluster();
        return cluster == null ? null : cluster.name();
    }

    @Override
    public @Nullable String upstreamHost() {
        Host host = exchange.attempts().visit().host();
        return host == null ? null : host.addressText();
    }
}
