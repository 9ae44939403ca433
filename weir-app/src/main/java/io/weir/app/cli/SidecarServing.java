package io.weir.app.cli;

import io.weir.app.boot.RunOptions;
import io.weir.app.boot.Running;
import io.weir.app.boot.Source;
import io.weir.app.sidecar.Interceptor;
import io.weir.app.sidecar.PacketRules;
import io.weir.app.sidecar.ProcessOwner;
import io.weir.app.upgrade.Supervisor;
import io.weir.app.upgrade.Upgrade;
import io.weir.xds.compile.Compiled;
import io.weir.xds.resource.Problem;
import io.weir.xds.spec.Interception;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves a configuration as a sidecar. Apart from the commands, as {@link Serving} is. */
final class SidecarServing {
    private static final Logger LOG = LoggerFactory.getLogger(SidecarServing.class);

    private SidecarServing() {}

    /**
     * Serves; returns the exit code when it is over, or when it could not begin. The rules come when Weir listens, and
     * go when it has ended, so that no connection is brought to nobody.
     *
     * @param kept
     *            whether the rules stay
     */
    static int serve(Source source, RunOptions options, boolean kept, PrintWriter err) {
        try {
            Interception how = interception(source, err);
            if (how == null) {
                return ExitCode.CONFIGURATION.number();
            }
            Rules rules = new Rules(Interceptor.ours(), how);
            return switch (Running.start(source, options.withLast(running -> begun(running, rules)))) {
                case Running.Start.Refused(List<Problem> problems) -> {
                    rules.throwRefused();
                    Serving.report(source, problems, err);
                    err.println("weir: nothing was started");
                    yield ExitCode.CONFIGURATION.number();
                }
                case Running.Start.Serving(Running running) -> serve(running, rules, kept);
            };
        } catch (Interceptor.Refused e) {
            err.println("weir: " + e.getMessage());
            return ExitCode.FAILURE.number();
        }
    }

    /** Everything listens: the rules are set, while a process that is to be taken over from still serves. */
    private static List<Problem> begun(Running running, Rules rules) {
        // before anybody may have another configuration read: none is taken over that nobody has vetted. On a thread of
        // its own, as programs are run, which is waited for
        running.followed(rules::vetted, () -> Thread.ofVirtual().start(() -> rules.follow(running)));
        boolean first = running.upgradeText().isEmpty();
        if (first) {
            // before: one that ended this process at once would leave rules with nobody behind them. Those of a process
            // that this one takes over from have that one behind them
            running.obeySignals();
        }
        List<Problem> problems = rules.begin(running);
        if (!first && problems.isEmpty()) {
            running.obeySignals(); // from here on that one may go
        }
        return problems;
    }

    private static int serve(Running running, Rules rules, boolean kept) throws Interceptor.Refused {
        running.obeySignals();
        LOG.info("connections are brought here by rules of the packet filter, table {}", PacketRules.TABLE);
        Supervisor.ready();
        running.awaitStopped();
        if (running.upgradeText().startsWith(Upgrade.HANDED_OVER)) {
            rules.end(false);
            LOG.info("the rules stay for the process that took over");
        } else if (kept) {
            rules.end(false);
            LOG.warn("the rules stay: nothing comes in or goes out until a sidecar runs again, or weir sidecar clean");
        } else {
            rules.end(true);
            LOG.info("the rules are gone");
        }
        return ExitCode.OK.number();
    }

    /** The rules as the configuration has them, from the beginning to the end of a sidecar. Any thread. */
    private static final class Rules {
        private final Interceptor interceptor;
        private Interception set;
        private boolean begun;
        private boolean over;
        private Interceptor.@Nullable Refused refused;

        Rules(Interceptor interceptor, Interception first) {
            this.interceptor = interceptor;
            this.set = first;
        }

        /** By what is served now: another may have been taken over since the first was read. What went wrong. */
        synchronized List<Problem> begin(Running running) {
            try {
                Interception own = exempted(running.snapshot().interception());
                interceptor.set(own);
                set = own;
                begun = true;
                return List.of();
            } catch (Interceptor.Refused e) {
                refused = e;
                return List
                        .of(problem("", "its rules cannot be set: " + e.getMessage(), "change sidecar: in the file"));
            }
        }

        private static Interception exempted(@Nullable Interception served) throws Interceptor.Refused {
            if (served == null) {
                throw new Interceptor.Refused("another configuration was taken over meanwhile, which has no sidecar");
            }
            try {
                Interception own = ProcessOwner.current().exempted(served);
                if (own == null) {
                    throw new Interceptor.Refused("another configuration was taken over meanwhile, and root's"
                            + " connections are not told from Weir's own: write exclude: { users: [root] } there");
                }
                return own;
            } catch (IOException e) {
                throw new Interceptor.Refused("whom this process runs for cannot be told: " + e.getMessage());
            }
        }

        /** That is why nothing was started, where the first rules could not be set. */
        synchronized void throwRefused() throws Interceptor.Refused {
            if (refused != null) {
                throw refused;
            }
        }

        /** Refuses another configuration whose rules could not take the place of those that are set. */
        synchronized Compiled vetted(Compiled read) {
            if (!(read instanceof Compiled.Accepted accepted)) {
                return read;
            }
            Interception wanted = accepted.snapshot().interception();
            if (wanted == null) {
                return rejected("", "it has no sidecar any more, and the rules would bring connections to nobody",
                        "keep sidecar:, or end this sidecar and start weir run");
            }
            // the socket could, but TPROXY comes before the addresses of a redirected connection's packets are changed,
            // finds no connection for them, and leads them to the listener, which resets
            if (wanted.inbound() == Interception.Way.TPROXY && set.inbound() != wanted.inbound()) {
                return rejected("tproxy", "the connections that are redirected here now would be reset",
                        "keep intercept: redirect, or have another process take over: weir upgrade");
            }
            try {
                Interception next = ProcessOwner.current().exempted(wanted);
                if (next == null) {
                    return rejected("", "root's connections are not told from Weir's own",
                            "write exclude: { users: [root] } under sidecar");
                }
                if (!next.equals(set)) {
                    interceptor.check(next);
                }
                return read;
            } catch (Interceptor.Refused | IOException e) {
                return rejected("", "its rules cannot be set: " + e.getMessage(), "change sidecar: in the file");
            }
        }

        private static Compiled rejected(String value, String message, String cure) {
            return new Compiled.Rejected(List.of(problem(value, message, cure)));
        }

        private static Problem problem(String value, String message, String cure) {
            return Problem.error(null, "sidecar", value, message, cure);
        }

        /** Another configuration is served: its rules take the place of those before, or these stay. */
        synchronized void follow(Running running) {
            // before the beginning there is nothing to follow: it looks by itself at what is served
            Interception wanted = over || !begun ? null : running.snapshot().interception();
            if (wanted == null) {
                return;
            }
            try {
                Interception next = ProcessOwner.current().exempted(wanted);
                if (next == null || next.equals(set)) {
                    return;
                }
                interceptor.set(next);
                set = next;
                LOG.info("connections are brought here by other rules, as the configuration has them now");
            } catch (Interceptor.Refused | IOException e) {
                LOG.error("the rules stay as they were: {}", e.getMessage());
            }
        }

        synchronized void end(boolean removed) throws Interceptor.Refused {
            over = true;
            if (removed) {
                interceptor.remove();
            }
        }
    }

    /** Prints the rules. */
    static int print(Source source, PrintWriter out, PrintWriter err) {
        Interception how = interception(source, err);
        if (how == null) {
            return ExitCode.CONFIGURATION.number();
        }
        out.print(PacketRules.explained(how));
        out.flush();
        return ExitCode.OK.number();
    }

    /** Takes the rules away. */
    static int clean(PrintWriter err) {
        try {
            Interceptor.ours().remove();
            return ExitCode.OK.number();
        } catch (Interceptor.Refused e) {
            err.println("weir: " + e.getMessage());
            return ExitCode.FAILURE.number();
        }
    }

    /** What the source says, with this process's own connections left alone; null when that has been told. */
    private static @Nullable Interception interception(Source source, PrintWriter err) {
        Source.Sidecar sidecar = source.sidecar();
        if (Problem.anyError(sidecar.problems())) {
            Serving.report(source, sidecar.problems(), err);
            return null;
        }
        if (sidecar.interception() == null) {
            err.println("weir: " + source.name() + " has no sidecar: nothing says which connections are to be taken;"
                    + " add sidecar: (docs/sidecar.md)");
            return null;
        }
        try {
            Interception how = ProcessOwner.current().exempted(sidecar.interception());
            if (how == null) {
                err.println("weir: root's connections are not told from Weir's own, which would come back to it: run"
                        + " Weir as a user or with a group of its own, or write exclude: { users: [root] } under"
                        + " sidecar, so that all of root's connections go past it");
            }
            return how;
        } catch (IOException e) {
            err.println("weir: whom this process runs for cannot be told: " + e.getMessage());
            return null;
        }
    }
}
