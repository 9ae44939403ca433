package io.weir.core.follow;

import io.weir.core.model.Host;
import io.weir.core.model.HostList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Where two lists of hosts have the same hosts one behind the other, so that what is kept of the hosts in arrays is
 * carried over without a look at them. Immutable.
 */
public final class Overlap {
    /** As many hosts from there in the list before are those from there on now. */
    public record Run(int from, int to, int length) {
    }

    private final List<Run> runs;
    private final int size;

    private Overlap(List<Run> runs, int size) {
        this.runs = List.copyOf(runs);
        this.size = size;
    }

    /**
     * That of these lists.
     *
     * @param touched
     *            hosts that do not count as the same, since they have changed: few
     */
    public static Overlap of(HostList before, HostList now, List<Host> touched) {
        @Nullable
        Host[] left = before.without(touched);
        Host[] hosts = now.array();
        List<Run> runs = new ArrayList<>();
        int at = 0;
        for (int i = 0; i < hosts.length;) {
            int run = HostList.run(hosts, i, left, at);
            if (run > 0) {
                runs.add(new Run(at, i, run));
                i += run;
                at += run;
            }
            if (at < left.length && left[at] == null) {
                at++;
            } else if (i < hosts.length) {
                i++;
            }
        }
        return new Overlap(runs, hosts.length);
    }

    /** The runs, in order. */
    public List<Run> runs() {
        return runs;
    }

    /** Copies what belongs to the same hosts from one array to another, both of the same type. */
    public void carry(Object before, Object now) {
        for (Run run : runs) {
            System.arraycopy(before, run.from, now, run.to, run.length);
        }
    }

    /** Calls with each index that is in no run. */
    public void rest(IntConsumer index) {
        int next = 0;
        for (Run run : runs) {
            for (; next < run.to; next++) {
                index.accept(next);
            }
            next = run.to + run.length;
        }
        for (; next < size; next++) {
            index.accept(next);
        }
    }
}
