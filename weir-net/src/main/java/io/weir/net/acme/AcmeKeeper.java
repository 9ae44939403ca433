package io.weir.net.acme;

import io.weir.core.stats.Scope;
import io.weir.core.tls.AcmeSpec;
import io.weir.core.tls.DataSource;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sees to all certificates that an authority issues by itself: one agent for each, on a virtual thread. Any thread.
 */
public final class AcmeKeeper implements AutoCloseable {
    private final Scope scope;
    private final Runnable changed;
    private final Challenges challenges = new Challenges();
    private final ReentrantLock turn = new ReentrantLock();
    private final Map<AcmeSpec, Thread> agents = new HashMap<>();

    /**
     * @param scope
     *            under which each certificate has its numbers
     * @param changed
     *            called when the file of a certificate holds another one, by any thread
     */
    public AcmeKeeper(Scope scope, Runnable changed) {
        this.scope = scope;
        this.changed = changed;
    }

    /** What is asked of this server to prove its names. */
    public Challenges challenges() {
        return challenges;
    }

    /** These are the certificates to see to from now on. */
    public synchronized void follow(List<AcmeSpec> specs) {
        Set<AcmeSpec> gone = new HashSet<>(agents.keySet());
        specs.forEach(gone::remove);
        for (AcmeSpec spec : gone) {
            Thread agent = agents.remove(spec);
            if (agent != null) {
                agent.interrupt();
            }
        }
        for (AcmeSpec spec : specs) {
            agents.computeIfAbsent(spec, this::begin);
        }
    }

    /** How many certificates are seen to now. */
    public synchronized int followed() {
        return agents.size();
    }

    private Thread begin(AcmeSpec spec) {
        AcmeAgent agent = new AcmeAgent(spec, AcmeKeeper::reach, challenges, turn, Pace.REAL, changed,
                scope.tagged("weir.acme_certificate", spec.name()));
        agent.look();
        return Thread.ofVirtual().name("weir-acme-" + spec.name()).start(agent);
    }

    private static Wire reach(AcmeSpec spec) throws IOException {
        DataSource authority = spec.authority();
        return new HttpWire(authority == null ? null : Material.bytes(authority));
    }

    /** Sees to none any more, until others are to be followed. */
    @Override
    public synchronized void close() {
        agents.values().forEach(Thread::interrupt);
        agents.clear();
    }
}
