package io.weir.discovery.dns;

import io.weir.core.cluster.Cluster;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.DiscoveryType;
import io.weir.core.model.Endpoint;
import io.weir.core.model.LookupFamily;
import io.weir.core.stats.Counter;
import io.weir.core.time.NanoClock;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One cluster's names, what each was answered last, and when each is asked again. One worker's thread. */
final class Following {
    private static final Logger LOG = LoggerFactory.getLogger(Following.class);

    private final Cluster cluster;
    private final Worker worker;
    private final Questions questions;
    private final Executor conductor;
    private final NanoClock clock;
    private final RandomGenerator dice;
    private final Counter empty;
    private ClusterSpec spec;
    private Map<String, Name> names = new HashMap<>();
    private @Nullable List<Endpoint> published;
    private volatile boolean ended;

    Following(Cluster cluster, Worker worker, Questions questions, Executor conductor, NanoClock clock,
            RandomGenerator dice) {
        this.cluster = cluster;
        this.worker = worker;
        this.questions = questions;
        this.conductor = conductor;
        this.clock = clock;
        this.dice = dice;
        this.spec = cluster.spec();
        this.empty = cluster.stats().scope().counter("update_empty");
    }

    /** One name of the cluster, however many endpoints have it. */
    private final class Name extends TimerWheel.Timer {
        final String text;
        final LookupFamily family;
        final RefreshSchedule schedule = new RefreshSchedule(dice);
        List<InetAddress> addresses = List.of();
        boolean answered;
        boolean failing;
        boolean asking;
        boolean dropped;

        Name(String text, LookupFamily family) {
            this.text = text;
            this.family = family;
        }

        void ask() {
            if (asking) {
                return;
            }
            asking = true;
            worker.timers().cancel(this);
            cluster.stats().updateAttempt().increment();
            questions.ask(text, family, this::took);
        }

        private void took(Answer answer) {
            asking = false;
            if (dropped) {
                return;
            }
            answered = true;
            switch (answer) {
                case Answer.Found found -> {
                    cluster.stats().updateSuccess().increment();
                    addresses = found.addresses();
                    failing = false;
                }
                case Answer.Nothing _ -> {
                    cluster.stats().updateSuccess().increment();
                    empty.increment();
                    complain("it has no address");
                }
                case Answer.Failed failed -> {
                    cluster.stats().updateFailure().increment();
                    complain(failed.reason());
                }
            }
            worker.timers().arm(this, worker.nowNanos() + schedule.waitNanos(answer, spec.dns()));
            publish();
        }

        /** Once until it is found again: it is asked for every few seconds. */
        private void complain(String reason) {
            if (!failing) {
                failing = true;
                LOG.warn("cluster {}: {} cannot be resolved, {} addresses known before stay in use: {}",
                        cluster.name(), text, addresses.size(), reason);
            }
        }

        @Override
        protected void expired(long nowNanos) {
            ask();
        }

        void drop() {
            dropped = true;
            worker.timers().cancel(this);
        }
    }

    /** Takes over what the cluster is told to be now. */
    void update() {
        spec = cluster.spec();
        Map<String, Name> next = new HashMap<>();
        for (Endpoint endpoint : spec.endpoints()) {
            String name = nameOf(endpoint);
            if (name == null || next.containsKey(name)) {
                continue;
            }
            Name known = names.remove(name);
            if (known == null || known.family != spec.dns().family()) {
                if (known != null) {
                    known.drop();
                }
                known = new Name(name, spec.dns().family());
            }
            next.put(name, known);
        }
        names.values().forEach(Name::drop);
        names = next;
        publish();
        List.copyOf(names.values()).forEach(Name::ask);
    }

    private static @Nullable String nameOf(Endpoint endpoint) {
        return endpoint.address() instanceof InetSocketAddress inet && inet.isUnresolved()
                ? inet.getHostString()
                : null;
    }

    /** Gives the cluster its hosts, once all names were answered for the first time, and whenever they differ. */
    private void publish() {
        for (Name name : names.values()) {
            if (!name.answered) {
                return;
            }
        }
        List<Endpoint> found = endpoints();
        if (published != null && sameEndpoints(published, found)) {
            cluster.stats().updateNoRebuild().increment();
            return;
        }
        published = found;
        conductor.execute(() -> {
            if (!ended) {
                cluster.endpoints(found, clock.nanos());
            }
        });
    }

    /** In another order they are the same: DNS servers take turns. */
    private static boolean sameEndpoints(List<Endpoint> left, List<Endpoint> right) {
        return left.size() == right.size() && new HashSet<>(left).equals(new HashSet<>(right));
    }

    private List<Endpoint> endpoints() {
        List<Endpoint> found = new ArrayList<>();
        Set<InetSocketAddress> seen = new HashSet<>();
        for (Endpoint endpoint : spec.endpoints()) {
            String text = nameOf(endpoint);
            Name name = text == null ? null : names.get(text);
            if (name == null) {
                found.add(endpoint);
                continue;
            }
            int port = ((InetSocketAddress) endpoint.address()).getPort();
            for (InetAddress address : name.addresses) {
                InetSocketAddress resolved = new InetSocketAddress(address, port);
                if (seen.add(resolved)) {
                    found.add(named(endpoint, name.text).withAddress(resolved));
                }
                if (spec.type() == DiscoveryType.LOGICAL_DNS) {
                    break;
                }
            }
        }
        return found;
    }

    /** An endpoint without a name of its own is called by the name it was found under. */
    private static Endpoint named(Endpoint endpoint, String name) {
        return endpoint.hostname().isEmpty()
                ? new Endpoint(endpoint.address(), name, endpoint.weight(), endpoint.priority(), endpoint.locality(),
                        endpoint.localityWeight(), endpoint.announced(), endpoint.metadata(), endpoint.check())
                : endpoint;
    }

    void end() {
        ended = true;
        names.values().forEach(Name::drop);
        names.clear();
    }
}
