package io.weir.core.health;

import io.weir.core.model.Host;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks that a test answers: it sees who is being checked and says what came of it. */
final class ScriptedProber implements Prober {
    final List<CheckTarget> targets = new ArrayList<>();
    final Map<Host, Integer> begun = new HashMap<>();
    private final Map<Host, Answer> open = new HashMap<>();

    @Override
    public Probe probe(CheckTarget target) {
        targets.add(target);
        return new Probe() {
            @Override
            public void begin(Answer answer) {
                begun.merge(target.host(), 1, Integer::sum);
                open.put(target.host(), answer);
            }

            @Override
            public void close() {
                open.remove(target.host());
            }
        };
    }

    boolean asks(Host host) {
        return open.containsKey(host);
    }

    int begun(Host host) {
        return begun.getOrDefault(host, 0);
    }

    int underWay() {
        return open.size();
    }

    void answer(Host host, CheckResult result, long nowNanos) {
        @Nullable
        Answer answer = open.remove(host);
        if (answer == null) {
            throw new AssertionError(host + " is not being checked");
        }
        answer.ended(result, nowNanos);
    }
}
