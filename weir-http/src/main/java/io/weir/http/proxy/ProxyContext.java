package io.weir.http.proxy;

import io.weir.core.admit.Carryover;
import io.weir.core.cluster.Clusters;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.control.TryRules;
import io.weir.http.filter.FilterChains;
import io.weir.http.filter.FilterContext;
import io.weir.http.route.normal.RequestNormalizer;
import io.weir.http.tally.Counted;
import io.weir.http.tally.Tallies;
import io.weir.net.acme.Challenges;
import io.weir.observe.log.AccessLog;
import io.weir.observe.log.AccessRecord;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all exchanges of one connection manager share. Immutable but for what its parts synchronise themselves; any
 * thread.
 */
public final class ProxyContext {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyContext.class);

    private final HttpManagerSpec spec;
    private final byte[] serverName;
    private final byte[] via;
    private final RequestNormalizer normalizer;
    private final Clusters clusters;
    private final HttpStats stats;
    private final FilterChains chains;
    private final Tallies tallies;
    private final boolean followsRedirects;
    private final AccessLog log;
    private final Carryover counted;
    private final Challenges challenges;
    private final long epochMicrosAtZero;

    /**
     * What serves by this specification.
     *
     * @param carryover
     *            what the filters of the connection manager have counted before
     * @param challenges
     *            what authorities ask to be proved, whatever the routes say
     */
    public ProxyContext(HttpManagerSpec spec, Clusters clusters, HttpStats stats, AccessLog log, Carryover carryover,
            Challenges challenges, long epochMicrosAtZero) {
        this.spec = spec;
        this.serverName = spec.identity().serverName().getBytes(StandardCharsets.ISO_8859_1);
        String name = spec.identity().via();
        this.via = name == null ? new byte[0] : name.getBytes(StandardCharsets.ISO_8859_1);
        this.normalizer = new RequestNormalizer(spec.normalize());
        this.clusters = clusters;
        this.stats = stats;
        this.chains = new FilterChains(spec.chains(),
                new FilterContext(stats.all(), spec.statPrefix(), clusters, carryover, System.nanoTime()));
        this.tallies = new Tallies(spec.routes().notes(Counted.class), stats.all());
        this.followsRedirects = spec.routes().notes(TryRules.class).stream()
                .anyMatch(rules -> rules.redirects() != null);
        this.log = log;
        this.counted = carryover;
        this.challenges = challenges;
        this.epochMicrosAtZero = epochMicrosAtZero;
    }

    /**
     * The same with other routes, filters and answers of Weir's own, which go on with what those of this one have
     * counted. Everything else is as before.
     *
     * @param nowEpochMicrosAtZero
     *            as the wall clock stands now
     */
    public ProxyContext next(HttpManagerSpec changed, long nowEpochMicrosAtZero) {
        return new ProxyContext(changed, clusters, stats, log, counted.next(), challenges, nowEpochMicrosAtZero);
    }

    /** What the filters have counted, for those after them. */
    public Carryover counted() {
        return counted;
    }

    public HttpManagerSpec spec() {
        return spec;
    }

    /** What Weir calls itself in {@code server}; not to be written to. */
    byte[] serverName() {
        return serverName;
    }

    /** What Weir calls itself in {@code via}, empty where it does not; not to be written to. */
    byte[] via() {
        return via;
    }

    RequestNormalizer normalizer() {
        return normalizer;
    }

    Clusters clusters() {
        return clusters;
    }

    /** The filters at work, by the number of their chain. */
    public FilterChains chains() {
        return chains;
    }

    /** The numbers of single routes and virtual clusters. */
    Tallies tallies() {
        return tallies;
    }

    /** Whether any route has redirects of hosts followed. */
    boolean followsRedirects() {
        return followsRedirects;
    }

    /** What authorities ask to be proved. */
    Challenges challenges() {
        return challenges;
    }

    public HttpStats stats() {
        return stats;
    }

    /** A worker's time as microseconds since 1970, by the wall clock as it stood when Weir started. */
    long epochMicros(long nowNanos) {
        return epochMicrosAtZero + nowNanos / 1000;
    }

    void log(AccessRecord record) {
        try {
            log.log(record);
        } catch (RuntimeException bug) {
            LOG.error("a line of an access log could not be written", bug);
        }
    }
}
