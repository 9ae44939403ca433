package io.weir.app.boot;

import io.weir.app.admin.Addresses;
import io.weir.app.demo.Demo;
import io.weir.app.follow.FileFollower;
import io.weir.app.health.HealthLogs;
import io.weir.app.overload.OverloadManager;
import io.weir.app.secret.SecretKeeper;
import io.weir.app.upgrade.Succession;
import io.weir.app.upgrade.Supervisor;
import io.weir.app.upgrade.Upgrade;
import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.Clusters;
import io.weir.core.model.ClusterSpec;
import io.weir.core.stats.Stats;
import io.weir.core.time.NanoClock;
import io.weir.http.orca.OrcaStreams;
import io.weir.http.upstream.Pools;
import io.weir.net.check.WireProber;
import io.weir.net.transport.Workers;
import io.weir.observe.log.AccessLogs;
import io.weir.stream.tcp.HostSessions;
import io.weir.xds.spec.AdminSpec;
import io.weir.xds.compile.Compiled;
import io.weir.xds.compile.ConfigFile;
import io.weir.xds.spec.DemoSpec;
import io.weir.xds.spec.ListenerSpec;
import io.weir.xds.compile.Snapshot;
import io.weir.xds.compile.SnapshotDiff;
import io.weir.xds.resource.Problem;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Weir that serves: made whole by {@link #start} or not at all. Methods may be called by any thread.
 */
public final class Running implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Running.class);
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Source source;
    private final RunOptions options;
    private final Uptime uptime = new Uptime();
    private final Life life = new Life();
    private final Stats stats = new Stats();
    private final NanoClock clock = System::nanoTime;
    private final Conductor conductor = new Conductor();
    private final ServerStats serverStats;
    private final AccessLogs logs;
    private final Workers workers;
    private final Names names;
    private final SecretKeeper secrets = new SecretKeeper(Source::extensions, stats, clock);
    private final HealthLogs healthLogs;
    private final ClusterKeeper clusters;
    private final Listeners listeners;
    private final Departure departure;
    private final Succession succession;
    private final Upgrade upgrade;
    private final AdminKeeper admin;
    private final OverloadManager overload;
    private @Nullable Demo demo;
    /** The conductor's. */
    private boolean reloadAsked;
    private volatile Snapshot snapshot;

    /** What a start came to. */
    public sealed interface Start {
        /** It serves. */
        record Serving(Running running) implements Start {
        }

        /** Nothing was started: every problem, at least one an error. */
        record Refused(List<Problem> problems) implements Start {
            public Refused {
                problems = List.copyOf(problems);
            }
        }
    }

    /** Parts of a start that could not be; they end the start. */
    private static final class Obstructed extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient List<Problem> obstacles;

        Obstructed(List<Problem> obstacles) {
            super(obstacles.toString());
            this.obstacles = obstacles;
        }
    }

    private Running(Source source, RunOptions options, Snapshot snapshot, Workers workers, Succession succession) {
        this.succession = succession;
        this.source = source;
        this.options = options;
        this.snapshot = snapshot;
        this.workers = workers;
        this.logs = new AccessLogs(stats);
        this.names = new Names(conductor, workers, clock);
        this.healthLogs = new HealthLogs(logs);
        this.clusters = new ClusterKeeper(stats, clock, conductor, new WireProber(workers, conductor, clock),
                healthLogs, names, this::follow, secrets);
        Drains drains = new Drains(options, conductor, clock);
        this.listeners = new Listeners(workers, stats,
                new Services(workers, clusters.clusters(), stats, logs, secrets), drains, conductor);
        this.departure = new Departure(listeners, drains, options, conductor, clock, life);
        this.upgrade = new Upgrade(new Departing(this), stats);
        this.overload = new OverloadManager(workers, stats, clock, conductor::after, listeners::halted);
        this.admin = new AdminKeeper(new AdminView(this), logs);
        this.serverStats = new ServerStats(stats, life::shown, uptime, options.concurrency(), succession);
    }

    /** Keeps connections in step with a cluster's hosts. */
    private Runnable follow(Cluster cluster) {
        HostSessions.follow(cluster, workers);
        Runnable pools = Pools.follow(cluster, workers);
        Runnable reports = OrcaStreams.follow(cluster, workers);
        return () -> {
            pools.run();
            reports.run();
        };
    }

    /**
     * Reads the configuration and serves it. Returns when it is ready for traffic, or when it is clear that it will not
     * be, with everything closed again that was open.
     */
    public static Start start(Source source, RunOptions options) {
        // Loading the types of the configuration is most of a start: a second thread begins at their other end, and a
        // third loads native code and starts the workers.
        Thread.ofPlatform().daemon().name("weir-types").start(ConfigFile::prepare);
        CompletableFuture<Workers> workers = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("weir-start").start(() -> {
            try {
                workers.complete(Workers.start(options.concurrency()));
            } catch (Throwable e) {
                workers.completeExceptionally(e);
            }
        });
        Succession succession;
        try {
            succession = Succession.begin();
        } catch (IOException e) {
            workers.whenComplete((started, _) -> close(started));
            return new Start.Refused(List.of(Problem.error(null, "", "", "the process to take over from: "
                    + e.getMessage(), "start this one by that one's upgrade")));
        }
        switch (source.load()) {
            case Compiled.Rejected(List<Problem> problems) -> {
                succession.failed(firstError(problems));
                workers.whenComplete((started, _) -> close(started));
                return new Start.Refused(problems);
            }
            case Compiled.Accepted(Snapshot snapshot, List<Problem> warnings) -> {
                warnings.forEach(warning -> LOG.warn("{}", warning));
                Running running = new Running(source, options, snapshot, workers.join(), succession);
                try {
                    running.open();
                    return new Start.Serving(running);
                } catch (Obstructed obstructed) {
                    succession.failed(firstError(obstructed.obstacles));
                    running.close();
                    return new Start.Refused(obstructed.obstacles);
                }
            }
        }
    }

    private static String firstError(List<Problem> problems) {
        return problems.stream().filter(Problem::isError).map(Problem::toString).findFirst().orElse("");
    }

    private void open() throws Obstructed {
        List<Problem> obstacles = new ArrayList<>();
        if (succession.epoch() > 0) {
            admin.hold(); // who asks is answered by the process before, which may have to serve on
        }
        startDemo(snapshot.demo(), obstacles);
        obstacles.addAll(admin(snapshot.admin()));
        obstacles.addAll(Refusals.problems(source, "clusters", conductor.call(() -> {
            clusters.standAt(snapshot.node(), snapshot.localCluster());
            healthLogs.outliersTo(snapshot.outlierLog());
            clusters.clusters().own().cluster(snapshot.node().cluster());
            return clusters.begin(snapshot.clusters());
        })));
        conductor.conduct(clusters.clusters(), stats, clock);
        clusters.awaitWarm();
        life.initializing();
        obstacles.addAll(Refusals.problems(source, "listeners", conductor.call(() -> listeners.open(snapshot))));
        obstacles.addAll(obstacles.isEmpty() ? options.last().apply(this) : List.of());
        if (!obstacles.isEmpty()) {
            throw new Obstructed(obstacles);
        }
        life.live();
        conductor.call(() -> {
            overload.follow(snapshot.overload());
            listeners.begin();
            admin.begin();
            return null;
        });
        succession.serving(stats);
        serverStats.initialized(uptime.nanos());
        SocketAddress adminAddress = admin.address();
        LOG.info("serving {} on {} workers ({}) after {} ms{}", source.name(), options.concurrency(),
                workers.transportName(), uptime.nanos() / NANOS_PER_MILLI,
                adminAddress == null ? "" : ", admin on " + Addresses.text(adminAddress));
        listeners.lines().forEach(line -> LOG.info("listener {} on {}", line.name(),
                line.addresses().stream().map(Addresses::text).toList()));
        Descriptors.report();
        conductor.every(SecretKeeper.LOOK_MILLIS, secrets::look);
        if (options.follow()) {
            source.follower().ifPresent(follower -> conductor.every(FileFollower.LOOK_MILLIS, () -> {
                if (follower.changed()) {
                    reloadNow();
                }
            }));
        }
    }

    private void startDemo(@Nullable DemoSpec spec, List<Problem> obstacles) {
        if (spec != null) {
            try {
                demo = Demo.start(spec.addresses());
            } catch (Demo.AddressTaken e) {
                obstacles.add(obstacle("demo[" + e.index() + "]", Addresses.text(spec.addresses().get(e.index())),
                        "the demo backend cannot listen: " + e.reason(), "choose another port"));
            }
        }
    }

    private List<Problem> admin(@Nullable AdminSpec spec) {
        return admin.follow(spec).stream()
                .map(refusal -> obstacle(refusal.path(), refusal.value(), refusal.message(), refusal.cure())).toList();
    }

    private Problem obstacle(String path, String value, String message, String cure) {
        return Problem.error(source.position(path), path, value, message, cure);
    }

    /** Reads the source again, soon; a configuration that cannot stand changes nothing. */
    public void reload() {
        conductor.execute(this::reloadNow);
    }

    /** Reads the source again, if it should have been read while another process was about to take over. */
    void reloadIfAsked() {
        conductor.execute(() -> {
            if (reloadAsked) {
                reloadNow();
            }
        });
    }

    private void reloadNow() {
        if (life.leaving()) {
            LOG.warn("{} is not read again: this Weir is draining", source.name());
            return;
        }
        reloadAsked = upgrade.underWay(); // the other one has been given, or is being given, what listens here
        if (reloadAsked) {
            LOG.info("{} is read again when the upgrade that is under way has failed", source.name());
            return;
        }
        Supervisor.reloading();
        try {
            reloadFrom(source);
        } catch (RuntimeException bug) {
            LOG.error("{} is not taken over; the configuration before stays", source.name(), bug);
            updateRejected();
        }
        Supervisor.ready(); // with what was before, if it was refused
    }

    private void updateRejected() {
        stats.root().child("listener_manager").counter("lds.update_rejected").increment();
    }

    private void reloadFrom(Source changed) {
        switch (life.vetted(changed.load())) {
            case Compiled.Rejected(List<Problem> problems) -> {
                problems.forEach(problem -> LOG.error("{}", problem));
                LOG.error("{} is not taken over; the configuration before stays", source.name());
                updateRejected();
            }
            case Compiled.Accepted(Snapshot next, List<Problem> warnings) -> {
                warnings.forEach(warning -> LOG.warn("{}", warning));
                takeOver(next);
            }
        }
    }

    /** Everything is made ready before anything changes, so that what is refused leaves what ran before untouched. */
    private void takeOver(Snapshot next) {
        SnapshotDiff diff = SnapshotDiff.between(snapshot, next);
        ClusterKeeper.Prepared hosts = clusters.prepare(next.clusters());
        if (!hosts.refusals().isEmpty()) {
            clusters.undo(hosts);
            refuse("cluster", next.clusters().stream().map(ClusterSpec::name).toList(), hosts.refusals());
            return;
        }
        var listening = clusters.orUndo(hosts, () -> listeners.prepare(next, Listeners.unchanged(diff, next)));
        if (!listening.refusals().isEmpty()) {
            listeners.undo(listening);
            clusters.undo(hosts);
            refuse("listener", next.listeners().stream().map(ListenerSpec::name).toList(), listening.refusals());
            return;
        }
        secrets.lookAtOnce(); // those that stay: what is new has just been read
        clusters.standAt(next.node(), next.localCluster());
        clusters.commit(hosts); // before listeners: their routes name them
        listeners.commit(listening);
        clusters.removeOthers(next.clusters());
        healthLogs.outliersTo(next.outlierLog());
        healthLogs.closeOthers(next.clusters());
        overload.follow(next.overload());
        admin(next.admin()).forEach(refusal -> LOG.error("{}; the admin stays as it is", refusal));
        if (diff.processChanged()) {
            LOG.warn("{}: what it says beside listeners, clusters and the admin counts from the next start on",
                    source.name());
        }
        snapshot = next;
        life.tookOver();
        LOG.info("{} taken over: {} clusters, {} listeners", source.name(), next.clusters().size(),
                next.listeners().size());
    }

    /** The first is called on the conductor before another configuration is taken over, the second after it. */
    public void followed(UnaryOperator<Compiled> vet, Runnable taken) {
        life.followed(vet, taken);
    }

    private void refuse(String kind, List<String> names, List<Listeners.Refusal> refusals) {
        Refusals.log(source, kind, names, refusals);
        updateRejected();
    }

    /**
     * SIGTERM and SIGINT drain, and stop at once when they come again; SIGHUP reloads; SIGUSR1 opens logs anew; SIGUSR2
     * has another process take over. Whoever started this one may hear then that it serves, and send them.
     */
    public void obeySignals() {
        Signals.on("TERM", () -> terminate(true));
        Signals.on("INT", () -> terminate(false)); // from a terminal, where nobody waits for clients that may come
        Signals.on("HUP", this::reload);
        Signals.on("USR1", logs::reopen);
        Signals.on("USR2", this::upgrade);
    }

    /** Begins to have another process take over; false when that is under way, or this one is leaving. */
    boolean upgrade() {
        boolean begun = !life.leaving() && upgrade.begin();
        if (!begun) {
            LOG.warn("no upgrade is begun: one is under way, or this process is leaving");
        }
        return begun;
    }

    /** How upgrades to and from this process stand, for people. */
    public String upgradeText() {
        String text = upgrade.text();
        return text.isEmpty() ? succession.text() : text;
    }

    void closeAdmin() {
        admin.close();
    }

    private void terminate(boolean patient) {
        if (life.over()) {
            // Already told twice: whatever still holds the process does not hold it any longer.
            Runtime.getRuntime().halt(143);
        }
        if (!drain(patient)) {
            LOG.warn("told to stop a second time: stopping at once");
            stop();
        }
    }

    /**
     * Asks connections to end, takes no more of them after a moment, and stops when the last has gone or the drain time
     * is over; the moment is given when nothing is open, too, by one that is patient. False when it had begun already.
     */
    public boolean drain(boolean patient) {
        boolean begun = departure.begin(patient);
        if (begun) {
            Supervisor.stopping();
        }
        return begun;
    }

    /** Stops at once; {@link #awaitStopped} returns. */
    public void stop() {
        Supervisor.stopping();
        life.end();
    }

    /** Waits for the end, then closes everything. */
    public void awaitStopped() {
        try {
            life.awaitEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close();
        LOG.info("stopped");
    }

    /** Where listeners listen, by listener in the order of the configuration. */
    public List<SocketAddress> addresses() {
        return listeners.lines().stream().flatMap(line -> line.addresses().stream()).toList();
    }

    /** Where the admin listens, null when there is none. */
    public @Nullable SocketAddress adminAddress() {
        return admin.address();
    }

    Conductor conductor() {
        return conductor;
    }

    Life life() {
        return life;
    }

    Uptime uptime() {
        return uptime;
    }

    Stats stats() {
        return stats;
    }

    Clusters clusters() {
        return clusters.clusters();
    }

    Succession succession() {
        return succession;
    }

    Departure departure() {
        return departure;
    }

    Listeners listeners() {
        return listeners;
    }

    /** The configuration that is served. */
    public Snapshot snapshot() {
        return snapshot;
    }

    Instant takenOver() {
        return life.takenOver();
    }

    String sourceName() {
        return source.name();
    }

    RunOptions options() {
        return options;
    }

    void reopenLogs() {
        logs.reopen();
    }

    @Override
    public void close() {
        life.end();
        conductor.close(); // first: what it has under way may open what is closed here
        listeners.close();
        names.close();
        close(workers);
        close(admin);
        close(demo);
        close(logs);
    }

    private static void close(@Nullable AutoCloseable closeable) {
        if (closeable != null) {
            try {
                closeable.close();
            } catch (Exception e) {
                LOG.warn("closing {} failed", closeable.getClass().getSimpleName(), e);
            }
        }
    }
}
