package io.weir.stream.udp;

import io.netty.channel.ChannelHandler;
import io.weir.core.cluster.Clusters;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Stats;
import io.weir.net.transport.Worker;
import io.weir.net.transport.Workers;
import io.weir.observe.log.AccessLog;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Passes datagrams on to one of a cluster's hosts, and what comes back to the client. Give {@link #handler} to a
 * {@link io.weir.net.transport.DatagramListener}, whose end ends all sessions.
 */
public final class UdpProxy {
    private static final AtomicLong SESSION_IDS = new AtomicLong();

    private final Clusters clusters;
    private volatile int datagramBytesMax;
    private final Counter dropped;
    private final AtomicLong sessions = new AtomicLong();
    private volatile Setup setup;

    /** What it is told to do now, and where it tells of it. */
    record Setup(UdpProxySpec spec, UdpStats stats, AccessLog log) {
    }

    /**
     * @param datagramBytesMax
     *            longer datagrams of clients are dropped
     * @param dropped
     *            counts those
     * @param log
     *            gets a record of each session at its end; closed by this when another takes its place
     */
    public UdpProxy(UdpProxySpec spec, int datagramBytesMax, Clusters clusters, Stats stats, Counter dropped,
            AccessLog log) {
        this.clusters = clusters;
        this.datagramBytesMax = datagramBytesMax;
        this.dropped = dropped;
        this.setup = new Setup(spec, new UdpStats(stats, spec.statPrefix()), log);
        setup.stats.active.set(0);
    }

    /** What one worker's socket gives its datagrams to. */
    public ChannelHandler handler(Worker worker) {
        return new ClientSocket(this, worker);
    }

    /** It is told something else from now on. Sessions stay with their hosts where those are still meant. Conductor. */
    public void change(UdpProxySpec spec, Stats stats, AccessLog log, Workers workers) {
        AccessLog before = setup.log;
        UdpStats numbers = spec.statPrefix().equals(setup.spec.statPrefix())
                ? setup.stats
                : new UdpStats(stats, spec.statPrefix());
        setup = new Setup(spec, numbers, log);
        closeAfterAll(before, workers);
    }

    /** Lets go of its log, when its listener is closed. Conductor. */
    public void close(Workers workers) {
        closeAfterAll(setup.log, workers);
    }

    private static void closeAfterAll(AccessLog before, Workers workers) {
        AtomicInteger left = new AtomicInteger(workers.all().size());
        for (Worker worker : workers.all()) {
            // behind whatever is writing to it there now
            worker.loop().execute(() -> {
                if (left.decrementAndGet() == 0) {
                    before.close();
                }
            });
        }
    }

    /** Sessions there are now, of all workers. Any thread. */
    public long sessions() {
        return sessions.get();
    }

    void sessionBegan() {
        sessions.incrementAndGet();
    }

    void sessionEnded() {
        sessions.decrementAndGet();
    }

    Setup setup() {
        return setup;
    }

    Clusters clusters() {
        return clusters;
    }

    /** Longer datagrams of clients are dropped. */
    public int datagramBytesMax() {
        return datagramBytesMax;
    }

    /** Longer ones than these are dropped from now on. Conductor. */
    public void resize(int bytesMax) {
        datagramBytesMax = bytesMax;
    }

    Counter dropped() {
        return dropped;
    }

    static long nextId() {
        return SESSION_IDS.incrementAndGet();
    }
}
