package io.weir.core.model;

import io.weir.core.rule.EjectionSpec;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint of one cluster, alive: its requests in flight, its standing, its numbers. Its identity is its address:
 * endpoint updates change the {@link #endpoint()} and keep the rest. Workers count and report without locks; only the
 * conductor announces and ticks. All counts are exact over all workers.
 */
public final class Host {
    private static final VarHandle ACTIVE;
    private static final VarHandle CONNECTIONS;
    private static final VarHandle STANDING;
    private static final VarHandle STATS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            ACTIVE = lookup.findVarHandle(Host.class, "active", int.class);
            CONNECTIONS = lookup.findVarHandle(Host.class, "connections", int.class);
            STANDING = lookup.findVarHandle(Host.class, "standing", Standing.class);
            STATS = lookup.findVarHandle(Host.class, "stats", HostStats.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Why a host is out that nobody could connect to. */
    public static final String UNREACHABLE_REASON = "unreachable: a connect failed";
    /** Why such a host is in again, as long as nobody has reached it. */
    public static final String TRIAL_REASON = "on trial: the time of its ejection is over";
    /** Why it is in when it has been. */
    static final String REACHED_REASON = "back: it was reached again";
    private static final long PROOF_STEP_NANOS = 100_000_000;

    private final SocketAddress address;
    private final String addressText;
    private volatile Endpoint endpoint;
    private volatile int active;
    private volatile int connections;
    private volatile Standing standing = Standing.CLEAN;
    private volatile @Nullable HostStats stats;
    private volatile HostTracker balanceTracker = HostTracker.NONE;
    private volatile HostTracker healthTracker = HostTracker.NONE;
    private volatile HostTracker loadTracker = HostTracker.NONE;
    private volatile boolean proven;
    private volatile long provenNanos;
    private volatile double startFactor = 1;
    private volatile double trustFactor = 1;
    private volatile double shareFactor = 1;

    /** A host that nothing is known of yet. */
    public Host(Endpoint endpoint) {
        this.endpoint = endpoint;
        this.address = endpoint.address();
        this.addressText = AddressText.of(endpoint.address());
    }

    /** What was announced last. */
    public Endpoint endpoint() {
        return endpoint;
    }

    /** Takes over a new announcement of the same address. Conductor. */
    public void endpoint(Endpoint announced) {
        if (!announced.address().equals(address)) {
            throw new IllegalArgumentException(announced.address() + " is not the address of " + addressText);
        }
        endpoint = announced;
    }

    /** Its address, its identity. */
    public SocketAddress address() {
        return address;
    }

    /** Its address as text: {@code 10.0.0.1:80}, {@code [::1]:80} or a socket's path. */
    public String addressText() {
        return addressText;
    }

    /** Requests in flight or waiting for a connection to this host. */
    public int requestsActive() {
        return active;
    }

    /**
     * A request was given to this host: call it right after the pick, so that the next pick sees it.
     *
     * @return how many it has in flight now, this one included
     */
    public int requestStarted() {
        return (int) ACTIVE.getAndAdd(this, 1) + 1;
    }

    /** That request is over, however it ended. */
    public void requestEnded() {
        ACTIVE.getAndAdd(this, -1);
    }

    /** Takes a connection to it, if fewer than {@code max} are there; ends with {@link #connectionEnded}. */
    public boolean tryConnection(int max) {
        int now = connections;
        while (now < max) {
            int seen = (int) CONNECTIONS.compareAndExchange(this, now, now + 1);
            if (seen == now) {
                return true;
            }
            now = seen;
        }
        return false;
    }

    /** Such a connection is gone. */
    public void connectionEnded() {
        CONNECTIONS.getAndAdd(this, -1);
    }

    /** Connections to it, open or being made. */
    public int connectionsActive() {
        return connections;
    }

    /** Its numbers; made on first use, as most hosts of a large fleet are never spoken to by one proxy. */
    public HostStats stats() {
        HostStats present = stats;
        if (present == null) {
            HostStats fresh = new HostStats();
            present = (HostStats) STATS.compareAndExchange(this, (@Nullable HostStats) null, fresh);
            if (present == null) {
                present = fresh;
            }
        }
        return present;
    }

    /** What its policy remembers of it. */
    public HostTracker balanceTracker() {
        return balanceTracker;
    }

    /** Its policy remembers it from now on in this. Conductor. */
    public void balanceTracker(HostTracker tracker) {
        balanceTracker = tracker;
    }

    /** What the rule of localities remembers of it: only the load that it reports. */
    public HostTracker loadTracker() {
        return loadTracker;
    }

    /** The rule of localities remembers it from now on in this. Conductor. */
    public void loadTracker(HostTracker tracker) {
        loadTracker = tracker;
    }

    /** What the rules of health remember of it. */
    public HostTracker healthTracker() {
        return healthTracker;
    }

    /** The rules of health remember it from now on in this. Conductor. */
    public void healthTracker(HostTracker tracker) {
        healthTracker = tracker;
    }

    /**
     * What part of its announced weight it gets, above 0 and at most 1: the product of its reasons to get less,
     * {@link #startFactor}, {@link #trustFactor} and {@link #shareFactor}.
     */
    public double weightFactor() {
        return startFactor * trustFactor * shareFactor;
    }

    /** What part it gets because it is new or just back: 1 when it has started. */
    public double startFactor() {
        return startFactor;
    }

    /** It gets this part from the next view on, as far as its start goes. Conductor. */
    public void startFactor(double factor) {
        startFactor = checked(factor);
    }

    /** What part it gets because it does worse than its peers: 1 when it is trusted. */
    public double trustFactor() {
        return trustFactor;
    }

    /**
     * It gets this part from the next view on, as far as trust goes. While it is out, what there is to tell of it stays
     * why it is. Conductor.
     */
    public void trust(double factor, String why, long nowNanos) {
        trustFactor = checked(factor);
        while (true) {
            Standing now = standing;
            if (now.down || STANDING.compareAndSet(this, now, now.because(why, nowNanos))) {
                return;
            }
        }
    }

    /** What part it gets because other proxies give it the rest: 1 where this one is alone or gives it all. */
    public double shareFactor() {
        return shareFactor;
    }

    /** It gets this part from the next view on, as far as others give it the rest. Conductor. */
    public void shareFactor(double factor) {
        shareFactor = checked(factor);
    }

    private static double checked(double factor) {
        if (!(factor > 0 && factor <= 1)) {
            throw new IllegalArgumentException("a weight factor is above 0 and at most 1: " + factor);
        }
        return factor;
    }

    /** Not to be picked now, whatever the view says that was built before. One volatile read. */
    public boolean down() {
        return standing.down;
    }

    /** Whether this is known of it now. */
    public boolean is(HealthFlag flag) {
        return standing.is(flag);
    }

    /** Left out for now, because it could not be reached. */
    public boolean ejected() {
        return standing.is(HealthFlag.UNREACHABLE);
    }

    /** Others are to be preferred: its source says so, or its health checks do. */
    public boolean degraded() {
        return endpoint.announced() == Announced.DEGRADED || standing.is(HealthFlag.DEGRADED_ACTIVE_HC);
    }

    /** Counts neither among the healthy nor among those that should be: not checked yet, or it asked to be left out. */
    public boolean excluded() {
        return standing.excluded();
    }

    /** Why what is known of its health changed last; empty where it never did. */
    public String healthReason() {
        return standing.reason;
    }

    /** When what is known of its health changed last; means nothing while {@link #healthReason} is empty. */
    public long healthSinceNanos() {
        return standing.sinceNanos;
    }

    /** Ejections for failed connects since its last success. */
    public int ejections() {
        return standing.ejections;
    }

    /**
     * Sets or clears a flag of its health, seen at once by every pick. Any thread.
     *
     * @return true when that changed something
     */
    public boolean flag(HealthFlag flag, boolean on, String why, long nowNanos) {
        return bits(on ? flag.bit() : 0, on ? 0 : flag.bit(), why, nowNanos);
    }

    /**
     * Sets some flags and clears others in one step, so that no pick sees half of it. Any thread.
     *
     * @return true when that changed something
     */
    public boolean flags(Set<HealthFlag> on, Set<HealthFlag> off, String why, long nowNanos) {
        return bits(HealthFlag.bits(on), HealthFlag.bits(off), why, nowNanos);
    }

    private boolean bits(int on, int off, String why, long nowNanos) {
        while (true) {
            Standing now = standing;
            Standing next = now.with(on, off, why, nowNanos);
            if (next == now) {
                return false;
            }
            if (STANDING.compareAndSet(this, now, next)) {
                return true;
            }
        }
    }

    /** What is known of its health is the same for another reason. Any thread. */
    public void healthReason(String why, long nowNanos) {
        while (true) {
            Standing now = standing;
            if (STANDING.compareAndSet(this, now, now.because(why, nowNanos))) {
                return;
            }
        }
    }

    /** It answered a request well; kept to a tenth of a second, so that busy workers do not write all the time. */
    public void proven(long nowNanos) {
        if (!proven || nowNanos - provenNanos > PROOF_STEP_NANOS) {
            provenNanos = nowNanos;
            proven = true;
        }
    }

    /** Whether it answered a request well within this time. */
    public boolean provenWithin(long nanos, long nowNanos) {
        return proven && nowNanos - provenNanos <= nanos;
    }

    /** A connection to it was made, or it answered: whatever failed before is forgotten. Not while it is ejected. */
    public void reached() {
        while (true) {
            Standing now = standing;
            Standing next = now.reached();
            if (next == now || STANDING.compareAndSet(this, now, next)) {
                return;
            }
        }
    }

    /**
     * A connect failed. Reports on an ejected host change nothing: they are of connects begun before.
     *
     * @return true when this failure ejected the host
     */
    public boolean unreachable(EjectionSpec rule, long nowNanos) {
        while (true) {
            Standing now = standing;
            Standing next = now.unreachable(rule, nowNanos);
            if (next == now) {
                return false;
            }
            if (STANDING.compareAndSet(this, now, next)) {
                return next.is(HealthFlag.UNREACHABLE);
            }
        }
    }

    /**
     * Lets an ejected host back when its time is over. It returns on trial: its next failure ejects it again at once,
     * for twice as long. Conductor.
     *
     * @return true when the host came back
     */
    public boolean tick(EjectionSpec rule, long nowNanos) {
        Standing now = standing;
        Standing next = now.tick(rule, nowNanos);
        return next != now && STANDING.compareAndSet(this, now, next);
    }

    @Override
    public String toString() {
        return addressText;
    }
}
