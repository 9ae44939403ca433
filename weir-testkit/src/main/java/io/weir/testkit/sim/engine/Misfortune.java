package io.weir.testkit.sim.engine;

import io.weir.testkit.sim.fleet.ServiceTime;
import io.weir.testkit.sim.fleet.Trouble;
import io.weir.testkit.sim.fleet.Trouble.Kind;
import java.util.List;
import java.util.random.RandomGenerator;

/** Lets the troubles of a scenario befall its servers. */
final class Misfortune {
    private final Timeline timeline;
    private final long endNanos;

    /**
     * @param endNanos
     *            what comes and goes does so no longer after this
     */
    Misfortune(Timeline timeline, long endNanos) {
        this.timeline = timeline;
        this.endNanos = endNanos;
    }

    void befall(Trouble trouble, Server server, RandomGenerator dice) {
        long from = trouble.fromNanos();
        long until = trouble.untilNanos();
        switch (trouble.kind()) {
            case Kind.Dead _ -> {
                timeline.at(from, () -> server.dead(true));
                timeline.at(until, () -> server.dead(false));
            }
            case Kind.Hangs _ -> {
                timeline.at(from, () -> server.hangs(true));
                timeline.at(until, () -> server.hangs(false));
            }
            case Kind.Errors errors -> {
                timeline.at(from, () -> server.errors(errors.share(), errors.status()));
                timeline.at(until, () -> server.errors(0, 0));
            }
            case Kind.Slow slow -> {
                timeline.at(from, () -> server.slow(slow.factor(), true));
                timeline.at(until, () -> server.slow(slow.factor(), false));
            }
            case Kind.Flapping flapping -> timeline.at(from, () -> flap(flapping, server, until));
            case Kind.Antagonist neighbour -> timeline.at(from + neighbour.rests().nanos(dice),
                    () -> disturb(neighbour, server, dice, until));
        }
    }

    /** All of one scenario, each server with its own dice. */
    void befallAll(List<Trouble> troubles, List<Server> servers, Dice dice) {
        for (int i = 0; i < troubles.size(); i++) {
            Trouble trouble = troubles.get(i);
            for (int host = trouble.first(); host <= trouble.last(); host++) {
                befall(trouble, servers.get(host), dice.stream(Dice.Stream.TROUBLES, ((long) i << 32) + host));
            }
        }
    }

    private void flap(Kind.Flapping how, Server server, long until) {
        if (over(until)) {
            return;
        }
        server.dead(true);
        timeline.at(Math.min(until, timeline.nowNanos() + how.deadNanos()), () -> server.dead(false));
        timeline.after(how.deadNanos() + how.wellNanos(), () -> flap(how, server, until));
    }

    private void disturb(Kind.Antagonist how, Server server, RandomGenerator dice, long until) {
        if (over(until)) {
            return;
        }
        ServiceTime works = how.works();
        long ends = Math.min(until, timeline.nowNanos() + works.nanos(dice));
        server.slow(how.factor(), true);
        timeline.at(ends, () -> server.slow(how.factor(), false));
        timeline.at(ends + how.rests().nanos(dice), () -> disturb(how, server, dice, until));
    }

    private boolean over(long until) {
        return timeline.nowNanos() >= Math.min(until, endNanos);
    }
}
