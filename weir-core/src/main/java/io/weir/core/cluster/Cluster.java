package io.weir.core.cluster;

import io.weir.core.admit.CircuitBreaker;
import io.weir.core.aperture.ApertureRule;
import io.weir.core.balance.Picker;
import io.weir.core.balance.Pickers;
import io.weir.core.health.HealthKeeper;
import io.weir.core.health.Surroundings;
import io.weir.core.model.Balancing;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.DiscoveryType;
import io.weir.core.model.Endpoint;
import io.weir.core.model.HealthFlag;
import io.weir.core.model.Host;
import io.weir.core.model.HostList;
import io.weir.core.model.HostSet;
import io.weir.core.model.HostStats;
import io.weir.core.model.HostTracker;
import io.weir.core.model.LocalityRule;
import io.weir.core.model.Outcome;
import io.weir.core.model.RoutingPriority;
import io.weir.core.rule.HealthRules;
import io.weir.core.stats.ClusterStats;
import io.weir.core.stats.Stats;
import io.weir.core.stats.SubsetStats;
import io.weir.core.tier.Locals;
import java.util.HashSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A cluster alive.
 *
 * <p>
 * Threads: {@link #endpoints}, {@link #update} and {@link #tick} belong to one thread, the conductor, which builds a
 * new view and publishes it by one volatile write; listeners run there too. Everything else may be called by any thread
 * and takes no lock. A host that cannot be reached is ejected by the worker that notices, at once and for all workers:
 * pickers look at the host's flag. The next tick leaves it out of the view, and a later one lets it back.
 */
public final class Cluster {
    /** What the seeds of successive views differ by: 2^64 divided by the golden ratio spreads them over any length. */
    private static final long SEED_STEP = 0x9e3779b97f4a7c15L;

    private final ClusterStats stats;
    private final Circuits circuits;
    private final Pickers pickers;
    private final Calm calm;
    /** Requests at its hosts, those that wait for a connection too: what a bound on a host's share goes by. */
    private final AtomicLong requestsActive = new AtomicLong();
    private final List<Consumer<ClusterView>> listeners = new CopyOnWriteArrayList<>();
    private final Choices choices;
    /** Null where its hosts do not come from its requests. */
    private final @Nullable Destinations destinations;
    private final Membership membership = new Membership();
    /** The hosts and rules whose health is kept. */
    private HostList watched = HostSet.EMPTY.all();
    private HealthRules watchedBy = HealthRules.DEFAULT;
    private final Starts starts = new Starts();
    private Locals locals = Locals.NONE;
    /** The conductor's time when it last came by. */
    private long nowNanos;
    private long seed;
    private volatile ClusterView view;
    private volatile boolean warmed;
    private volatile boolean over;
    private final Ejections ejections;
    private boolean refreshedOnce;
    private long refreshedNanos;
    private boolean announced;
    private final HealthKeeper keeper;

    /**
     * A cluster as told. A STATIC one has its hosts at once; others have none until {@link #endpoints}.
     *
     * @param stats
     *            where its numbers go, under {@code cluster.<statName>.}
     */
    public Cluster(ClusterSpec spec, Stats stats) {
        this.stats = new ClusterStats(stats, spec.statName());
        this.pickers = pickers();
        this.calm = new Calm(this::pickers);
        this.circuits = new Circuits(spec.admission(), this.stats.scope());
        this.choices = new Choices(this, spec.type() == DiscoveryType.AGGREGATE ? new Aggregate(this) : null);
        this.destinations = spec.type() == DiscoveryType.ORIGINAL_DST ? new Destinations() : null;
        this.warmed = choices.aggregate() != null || destinations != null;
        this.keeper = new HealthKeeper(spec.name(), this.stats.scope(),
                () -> this.stats.upstreamCxTotal().value() > 0);
        this.ejections = new Ejections(spec.name(), keeper::outlier);
        this.seed = spec.name().hashCode() * SEED_STEP;
        this.view = new ClusterView(spec, HostSet.EMPTY, picker(HostSet.EMPTY, spec.balancing()));
        if (spec.type() == DiscoveryType.STATIC) {
            watch(spec, announce(spec, spec.endpoints()));
            publish(spec);
        }
    }

    private Pickers pickers() {
        return new Pickers(stats.balance(), () -> new SubsetStats(stats.scope()), requestsActive::get);
    }

    /** What routes call it. */
    public String name() {
        return spec().name();
    }

    /** What it is told to be. */
    public ClusterSpec spec() {
        return view.spec();
    }

    /** The view now: one volatile read. */
    public ClusterView view() {
        return view;
    }

    /** Whether this is a host of it now, shown in the view or about to be. Any thread. */
    public boolean has(Host host) {
        return !over && (destinations == null ? view.hosts().all().contains(host) : destinations.has(host));
    }

    /** Its numbers. */
    public ClusterStats stats() {
        return stats;
    }

    /** Its limits for requests of no special priority. */
    public CircuitBreaker circuit() {
        return circuits.of(RoutingPriority.DEFAULT);
    }

    /** Its limits for requests of this priority. */
    public CircuitBreaker circuit(RoutingPriority priority) {
        return circuits.of(priority);
    }

    /** Where what is to go to it goes: there are more where it stands for others. */
    public Choices choices() {
        return choices;
    }

    /** A picker among those hosts of the view that are well, however few they are. Conductor. */
    Picker calmly() {
        return calm.of(view, locals);
    }

    /** Has had its first hosts, even if they were none. */
    public boolean warmed() {
        return warmed;
    }

    /** Calls with every new view, on the conductor, after it is published. */
    public void onChange(Consumer<ClusterView> listener) {
        listeners.add(listener);
    }

    /**
     * The hosts are now these. A host whose address stays keeps its identity and counts. Of endpoints with the same
     * address the first stands, as in Envoy. Conductor.
     */
    public void endpoints(List<Endpoint> announced, long nowNanos) {
        this.nowNanos = nowNanos;
        List<Host> touched = announce(spec(), announced);
        watch(spec(), touched);
        publish(spec(), touched);
    }

    /** It is now told to be this; the name and the name of its numbers stay. Conductor. */
    public void update(ClusterSpec spec, long nowNanos) {
        if (!spec.name().equals(name()) || !spec.statName().equals(spec().statName())) {
            throw new IllegalArgumentException(spec.name() + " is not " + name() + ": make a new cluster");
        }
        this.nowNanos = nowNanos;
        circuits.admission(spec.admission());
        if (!spec.balancing().policy().equals(spec().balancing().policy())) {
            // what the last policy remembers is of no use to the next, which brings what it needs
            membership.hosts().forEach(host -> host.balanceTracker(HostTracker.NONE));
        }
        if (spec.type() == DiscoveryType.STATIC) {
            watch(spec, announce(spec, spec.endpoints()));
        } else if (!spec.health().equals(watchedBy)) {
            watch(spec, null);
            dropUnkept(spec);
        }
        // the rules may be others too, so that any host may stand otherwise
        publish(spec);
    }

    /** This is where the proxy and its like stand from now on. Conductor. */
    public void locals(Locals now) {
        Locals before = locals;
        locals = now;
        if (goesBy(before, now)) {
            publish(spec());
        }
    }

    /** Who keeps its hosts' health: dice, a way to be ticked soon, and who hears of outliers. Conductor. */
    public void surroundings(Surroundings now, long nowNanos) {
        this.nowNanos = nowNanos;
        keeper.around(now, nowNanos);
    }

    /** Begins the health checks whose time has come. Conductor. */
    public void check(long nowNanos) {
        this.nowNanos = nowNanos;
        keeper.check(nowNanos);
    }

    /** A host's answer bore the wish to be left alone: it is out at once, where hosts are checked. Any thread. */
    public void askedOut(Host host, long nowNanos) {
        keeper.askedOut(spec().health(), host, nowNanos);
    }

    /** The cluster is gone: nobody is checked any more. Conductor. */
    public void end() {
        over = true;
        keeper.end();
    }

    /**
     * Keeps the health of the hosts of now, by the rules of this; before a view is built, as new hosts may be out.
     *
     * @param touched
     *            the only hosts that have come or gone or are told of otherwise since the last time; null: any may
     */
    private void watch(ClusterSpec spec, @Nullable List<Host> touched) {
        HostList before = watched;
        watched = membership.hosts();
        if (touched != null && spec.health().equals(watchedBy)) {
            keeper.touched(touched, membership::has, before::contains, nowNanos);
        } else {
            watchedBy = spec.health();
            Supplier<Set<Host>> served = once(() -> new HashSet<>(before));
            keeper.keep(spec.health(), watched, host -> served.get().contains(host), nowNanos);
        }
    }

    /** Asked for only where hosts are checked: it is a look at all of them. */
    private static Supplier<Set<Host>> once(Supplier<Set<Host>> made) {
        List<Set<Host>> kept = new ArrayList<>(1);
        return () -> {
            if (kept.isEmpty()) {
                kept.add(made.get());
            }
            return kept.getFirst();
        };
    }

    /** Hosts that only their checks kept go with the first check that fails, and with the checks. */
    private boolean dropUnkept(ClusterSpec spec) {
        List<Host> gone = membership.kept().stream().filter(host -> !keeper.keeps(host)).toList();
        if (gone.isEmpty()) {
            return false;
        }
        membership.drop(gone);
        stats.membershipChange().increment();
        watch(spec, gone);
        return true;
    }

    /** Whether its hosts are chosen by what has changed of where the proxy stands, or of who it is. */
    private boolean goesBy(Locals before, Locals now) {
        Balancing balancing = spec().balancing();
        boolean byPlace = switch (balancing.tiers().locality()) {
            case LocalityRule.ZoneAware _,LocalityRule.LoadAware _ -> true;
            case LocalityRule.Ignored _,LocalityRule.Weighted _ -> false;
        };
        return byPlace && !before.equals(now)
                || !balancing.aperture().usesAll() && !before.self().equals(now.self());
    }

    /** Lets ejected hosts back whose time is over and publishes what changed. About every 100 ms. Conductor. */
    public void tick(long nowNanos) {
        this.nowNanos = nowNanos;
        circuits.tick(nowNanos);
        ClusterSpec spec = spec();
        List<Host> touched = new ArrayList<>(ejections.tick(spec.health().ejection(),
                destinations == null ? membership::has : destinations::has, nowNanos));
        touched.addAll(keeper.tick(nowNanos));
        boolean any = dropUnkept(spec);
        any |= starts.tick(spec.balancing().slowStart(), nowNanos);
        any |= pickers.tick(spec.balancing(), nowNanos);
        any |= calm.tick(spec.balancing(), nowNanos);
        if (destinations != null && destinations.tick(spec.originalDst().cleanupNanos(), nowNanos)) {
            membership.replace(destinations.hosts());
            watch(spec, null);
            any = true;
        }
        any |= refreshed(spec.balancing().policy().refreshNanos(), nowNanos);
        if (any) {
            publish(spec);
        } else if (!touched.isEmpty()) {
            publish(spec, touched);
        }
    }

    /** Takes over what hosts are remembered by, where the policy says so often; whether anything differs then. */
    private boolean refreshed(long everyNanos, long nowNanos) {
        if (everyNanos == 0 || (refreshedOnce && nowNanos - refreshedNanos < everyNanos)) {
            return false;
        }
        refreshedOnce = true;
        refreshedNanos = nowNanos;
        boolean changed = false;
        for (Host host : membership.hosts()) {
            changed |= host.balanceTracker().refresh(nowNanos);
        }
        if (changed) {
            forget();
        }
        return changed;
    }

    private void forget() {
        pickers.forget();
        calm.forget();
    }

    /**
     * An attempt is over: counts it in the host's numbers (all of {@code rq_*}, and {@code cx_connect_fail}; the other
     * numbers of connections are the pool's) and judges the host by it. Any thread. The forms {@link #answered},
     * {@link #timedOut}, {@link #reset} and {@link #unreachable} say the same without an object.
     */
    public void ended(Host host, Outcome outcome, long nowNanos) {
        switch (outcome) {
            case Outcome.Answered answered -> answered(host, answered.status(), answered.latencyNanos(), nowNanos);
            case Outcome.TimedOut timedOut -> timedOut(host, timedOut.latencyNanos(), nowNanos);
            case Outcome.Reset reset -> reset(host, reset.latencyNanos(), nowNanos);
            case Outcome.Unreachable unreachable -> unreachable(host, nowNanos);
        }
    }

    /** It answered, and how busy it was at the beginning is not known. Any thread. */
    public void answered(Host host, int status, long latencyNanos, long nowNanos) {
        answered(host, status, latencyNanos, host.requestsActive(), nowNanos);
    }

    /**
     * It answered. Any thread.
     *
     * @param inFlight
     *            what {@link #began} said when this attempt began
     */
    public void answered(Host host, int status, long latencyNanos, int inFlight, long nowNanos) {
        HostStats numbers = host.stats();
        numbers.rqTotal().increment();
        (status < 500 ? numbers.rqSuccess() : numbers.rqError()).increment();
        host.reached();
        if (status < 500) {
            host.proven(nowNanos);
        }
        host.balanceTracker().answered(status, latencyNanos, inFlight, nowNanos);
        host.healthTracker().answered(status, latencyNanos, inFlight, nowNanos);
    }

    /**
     * A stream of bytes to it stands. Of a stream this is all that tells the host's latency: how long it lives is up to
     * those who use it. It is counted at its end, by {@link #closed} or {@link #reset}. Any thread.
     */
    public void connected(Host host, long connectNanos, int inFlight, long nowNanos) {
        host.reached();
        host.proven(nowNanos);
        host.balanceTracker().answered(200, connectNanos, inFlight, nowNanos);
        host.healthTracker().answered(200, connectNanos, inFlight, nowNanos);
    }

    /** A stream of bytes to it has ended as streams should. Any thread. */
    public void closed(Host host) {
        host.stats().rqTotal().increment();
        host.stats().rqSuccess().increment();
    }

    /** It did not answer in time; it was reached, though. Any thread. */
    public void timedOut(Host host, long latencyNanos, long nowNanos) {
        HostStats numbers = host.stats();
        numbers.rqTotal().increment();
        numbers.rqTimeout().increment();
        host.reached();
        failed(host, HostTracker.Failure.TIMED_OUT, latencyNanos, nowNanos);
    }

    /** The connection broke before the answer was whole. Any thread. */
    public void reset(Host host, long latencyNanos, long nowNanos) {
        HostStats numbers = host.stats();
        numbers.rqTotal().increment();
        numbers.rqError().increment();
        failed(host, HostTracker.Failure.RESET, latencyNanos, nowNanos);
    }

    /** No connection could be made. Any thread. */
    public void unreachable(Host host, long nowNanos) {
        HostStats numbers = host.stats();
        numbers.cxConnectFail().increment();
        numbers.rqError().increment();
        failed(host, HostTracker.Failure.UNREACHABLE, 0, nowNanos);
        if (host.unreachable(spec().health().ejection(), nowNanos)) {
            stats.ejectionsTotal().increment();
            ejections.ejected(host);
        }
    }

    private static void failed(Host host, HostTracker.Failure how, long latencyNanos, long nowNanos) {
        host.balanceTracker().failed(how, latencyNanos, nowNanos);
        host.healthTracker().failed(how, latencyNanos, nowNanos);
    }

    /**
     * A request goes to this host: call it right after the pick, so that the next pick sees it. Any thread.
     *
     * @return how many the host has in flight now, this one included
     */
    public int began(Host host, long nowNanos) {
        requestsActive.incrementAndGet();
        int inFlight = host.requestStarted();
        host.balanceTracker().began(nowNanos);
        return inFlight;
    }

    /** The host has no more to do with a request that {@link #began} there, however it went. Once; any thread. */
    public void left(Host host) {
        host.requestEnded();
        requestsActive.decrementAndGet();
    }

    /** The hosts that the announcement touches; null: any. */
    private @Nullable List<Host> announce(ClusterSpec spec, List<Endpoint> told) {
        // where checks say more than the source, what it dropped stays while its checks succeed
        boolean checked = spec.type() == DiscoveryType.STRICT_DNS;
        Membership.Change change = membership.announce(told, host -> checked && keeper.keeps(host));
        if (change.touched() == null) {
            Set<Host> kept = Set.copyOf(membership.kept());
            for (Host host : membership.hosts()) {
                boolean dropped = kept.contains(host);
                host.flag(HealthFlag.PENDING_DYNAMIC_REMOVAL, dropped,
                        dropped ? "its source has dropped it; its checks succeed" : "its source has it again",
                        nowNanos);
            }
        }
        if (change.renamed()) {
            forget();
        }
        if (change.members()) {
            stats.membershipChange().increment();
        }
        announced = true;
        return change.touched();
    }

    private void publish(ClusterSpec spec) {
        publish(spec, null);
    }

    /**
     * A new view of the hosts that are watched.
     *
     * @param touched
     *            the only hosts that are otherwise than in the last view; null: any may be
     */
    private void publish(ClusterSpec spec, @Nullable List<Host> touched) {
        warmed |= announced && keeper.settled();
        // who starts slowly is found by looking at all
        HostSet set = touched == null || spec.balancing().slowStart() != null
                ? HostSet.of(membership.hosts())
                : view.hosts().after(membership.hosts(), touched);
        starts.view(spec.balancing().slowStart(), set, nowNanos);
        ClusterView next = new ClusterView(spec, set, picker(set, spec.balancing()));
        stats.membershipTotal().set(set.all().size());
        stats.membershipHealthy().set(set.healthyCount());
        stats.membershipDegraded().set(set.degradedCount());
        stats.membershipExcluded().set(set.excludedCount());
        stats.ejectionsActive().set(set.out().stream().filter(Cluster::out).count());
        view = next;
        for (Consumer<ClusterView> listener : listeners) {
            listener.accept(next);
        }
    }

    private static boolean out(Host host) {
        return host.ejected() || host.is(HealthFlag.FAILED_OUTLIER_CHECK);
    }

    private Picker picker(HostSet set, Balancing balancing) {
        if (destinations != null) {
            return destinations;
        }
        seed += SEED_STEP;
        return pickers.build(set, balancing, locals, seed);
    }
}
