package io.weir.core.follow;

import io.weir.core.aperture.ApertureRule;
import io.weir.core.aperture.ApertureRule.Arc;
import io.weir.core.aperture.ApertureRule.Self;
import io.weir.core.model.Host;
import io.weir.core.model.HostSet;
import io.weir.core.model.HostSet.Priority;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which hosts of a cluster this proxy uses, each priority by itself, from one view to the next: where few hosts change,
 * few are looked at. Keeps {@link Host#shareFactor}. The conductor's.
 */
public final class Aperture {
    private ApertureRule rule = ApertureRule.ALL;
    private Self self = Self.UNKNOWN;
    private HostSet last = HostSet.EMPTY;
    private List<Used> priorities = new ArrayList<>();
    /** All hosts were used in full. */
    private boolean whole = true;
    private boolean wholeBefore = true;

    /** The hosts of one priority, and whether all were used in full. */
    private record Used(HostRing ring, boolean full) {
    }

    /** The hosts that are used of these. */
    public HostSet of(HostSet hosts, ApertureRule next, Self now) {
        wholeBefore = whole;
        if (next.usesAll() && rule.usesAll()) {
            return hosts; // the usual case costs nothing, however many hosts there are
        }
        List<Host> few = next.equals(rule) && now.equals(self) ? hosts.touchedSince(last) : null;
        rule = next;
        self = now;
        last = hosts;
        whole = true;
        List<Used> before = priorities;
        priorities = new ArrayList<>();
        if (few != null) {
            few.forEach(host -> host.shareFactor(1));
        }
        List<Host> used = new ArrayList<>();
        for (Priority priority : hosts.priorities()) {
            int number = priorities.size();
            Used known = few == null || number >= before.size() ? null : before.get(number);
            HostRing ring = known == null
                    ? HostRing.of(priority.hosts(), rule.seed(self))
                    : after(known.ring, priority, few);
            Arc arc = rule.arc(ring.size(), self);
            if (arc != null) {
                use(ring, arc, used);
            } else {
                used.addAll(priority.hosts());
                if (known == null || !known.full) {
                    priority.hosts().forEach(host -> host.shareFactor(1));
                }
            }
            priorities.add(new Used(ring, arc == null));
            whole &= arc == null;
        }
        return used.size() == hosts.all().size() ? hosts : HostSet.of(used);
    }

    /** Whether the last answer differs from the one before only by its hosts, and not by what they get. */
    public boolean steady() {
        return whole && wholeBefore;
    }

    private static HostRing after(HostRing before, Priority priority, @Nullable List<Host> few) {
        HostRing ring = before;
        if (few != null) {
            // first those that go: another may have come in the place of one
            for (Host host : few) {
                ring = ring.without(host);
            }
            for (Host host : few) {
                ring = priority.hosts().contains(host) ? ring.with(host) : ring;
            }
        }
        return ring;
    }

    private static void use(HostRing ring, Arc arc, List<Host> used) {
        // by the rounding of real numbers the arc may begin a hair before the host that it begins with
        boolean begun = arc.part((int) arc.from()) > 0;
        for (int place = (int) arc.from(); place < arc.from() + arc.width(); place++) {
            double part = arc.part(place);
            if (part > 0) {
                Host host = ring.at(place);
                if (begun && place >= (int) arc.from() + ring.size()) {
                    host.shareFactor(Math.min(1, host.shareFactor() + part)); // both ends of the arc lie in it
                } else {
                    host.shareFactor(part);
                    used.add(host);
                }
            }
        }
    }
}
