package io.weir.testkit.sim.engine;

import io.weir.core.admit.CircuitBreaker;
import io.weir.core.balance.Pick;
import io.weir.core.cluster.Cluster;
import io.weir.core.model.Host;
import io.weir.core.model.HostTracker.Failure;
import io.weir.core.model.OrcaReport;
import io.weir.core.time.ExponentialBackOff;
import io.weir.testkit.sim.fleet.Calls;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request: admitted, picked for, sent, tried again, told of. The order is that of the proxy's own exchanges: the
 * circuit breaker comes before the first pick, a host counts a request from its pick on, the cluster hears the outcome
 * of each attempt when it is known, and the host gives the request back after that.
 */
final class Call {
    private final World world;
    private final Worker worker;
    private final long key;
    private final long luck;
    private final long beganNanos;
    private final Runnable whenOver;
    private List<Host> tried = List.of();
    private @Nullable Attempt attempt;
    private int attempts;
    private boolean retrying;
    private boolean over;

    Call(World world, Worker worker, long key, long luck, Runnable whenOver) {
        this.world = world;
        this.worker = worker;
        this.key = key;
        this.luck = luck;
        this.beganNanos = world.nowNanos();
        this.whenOver = whenOver;
    }

    void begin() {
        if (!worker.cluster().circuit().tryRequest()) {
            end(true);
            return;
        }
        world.timeline().after(world.calls().timeoutNanos(), this::timedOut);
        attempt();
    }

    private void attempt() {
        Cluster cluster = worker.cluster();
        boolean keyed = world.scenario().keys().count() > 0;
        Pick pick = cluster.view().picker().pick(worker.asking(key, keyed, tried));
        switch (pick) {
            case Pick.Chosen(Host host) -> {
                attempts++;
                tried = Worker.with(tried, host);
                int inFlight = cluster.began(host, world.nowNanos());
                Attempt next = new Attempt(host, world.server(host), inFlight);
                attempt = next;
                next.send();
            }
            case Pick.Refused _ -> finish(true);
        }
    }

    /** The attempt has failed or was answered badly, and the cluster knows; another, or the end. */
    private void again(boolean repeatable) {
        Calls calls = world.calls();
        if (!repeatable || attempts > calls.retriesMax() || !mayRetry()) {
            finish(true);
            return;
        }
        world.recorder().retried(beganNanos);
        long pause = ExponentialBackOff.tenfold(calls.backOffNanos()).jitteredNanos(attempts, worker.random());
        world.timeline().after(pause, () -> {
            if (!over) {
                attempt();
            }
        });
    }

    /** As in the proxy each retry asks anew; a policy without answers retries after hosts that gave none. */
    private boolean mayRetry() {
        CircuitBreaker circuit = worker.cluster().circuit();
        if (retrying) {
            circuit.retryEnded();
        }
        retrying = circuit.tryRetry(!world.calls().onServerError(), world.nowNanos());
        return retrying;
    }

    private void timedOut() {
        if (over) {
            return;
        }
        Attempt open = attempt;
        if (open != null) {
            open.giveUp();
        }
        finish(true);
    }

    private void finish(boolean failed) {
        if (retrying) {
            worker.cluster().circuit().retryEnded();
        }
        worker.cluster().circuit().requestEnded();
        end(failed);
    }

    private void end(boolean failed) {
        over = true;
        world.recorder().ended(beganNanos, world.nowNanos(), failed);
        whenOver.run();
    }

    /** One try at one host; what comes back takes its time over the network. */
    private final class Attempt extends Job {
        private final Host host;
        private final Server server;
        private final int inFlight;
        private final long sentNanos = world.nowNanos();
        private final long travelNanos;
        private boolean open = true;

        Attempt(Host host, Server server, int inFlight) {
            super(luck);
            this.inFlight = inFlight;
            this.host = host;
            this.server = server;
            this.travelNanos = world.scenario().network().nanos(worker.client().zone(), server.kind().zone());
        }

        void send() {
            worker.client().spokeTo(server.number());
            boolean counted = world.recorder().counts(beganNanos);
            world.timeline().after(travelNanos, () -> server.arrive(this, counted));
        }

        @Override
        boolean abandoned() {
            return !open;
        }

        @Override
        void answered(int status) {
            OrcaReport report = status < 500 && host.balanceTracker().heedsLoadReports()
                    ? server.report()
                    : OrcaReport.NONE;
            world.timeline().after(travelNanos, () -> {
                if (open) {
                    long now = world.nowNanos();
                    host.balanceTracker().loadReported(report, now);
                    worker.cluster().answered(host, status, now - sentNanos, inFlight, now);
                    leave();
                    if (status < 500) {
                        finish(false);
                    } else {
                        again(world.calls().onServerError());
                    }
                }
            });
        }

        @Override
        void broke(Failure how) {
            world.timeline().after(travelNanos, () -> {
                if (open) {
                    tell(how);
                    leave();
                    again(true);
                }
            });
        }

        /** The whole request has taken too long. */
        void giveUp() {
            if (open) {
                tell(Failure.TIMED_OUT);
                leave();
            }
        }

        private void tell(Failure how) {
            long now = world.nowNanos();
            switch (how) {
                case TIMED_OUT -> worker.cluster().timedOut(host, now - sentNanos, now);
                case RESET -> worker.cluster().reset(host, now - sentNanos, now);
                case UNREACHABLE -> worker.cluster().unreachable(host, now);
            }
        }

        private void leave() {
            open = false;
            attempt = null;
            worker.cluster().left(host);
        }
    }
}
