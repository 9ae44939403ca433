package io.weir.core.balance;

import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** A request that asks for a host, for tests: its dice from a seed, its excluded hosts as a set. */
record Asked(RandomGenerator random, Set<Host> tried) implements PickContext {
    Asked(long seed) {
        this(new SplittableRandom(seed), new HashSet<>());
    }

    @Override
    public long hash() {
        return 0;
    }

    @Override
    public long nowNanos() {
        return 0;
    }

    @Override
    public boolean excluded(Host host) {
        return tried.contains(host);
    }

    /** Hosts 10.0.0.1:80, 10.0.0.2:80 ... with these weights. */
    static List<Host> hosts(int... weights) {
        List<Host> hosts = new ArrayList<>();
        for (int weight : weights) {
            hosts.add(new Host(Endpoint.of(address(hosts.size())).withWeight(weight)));
        }
        return hosts;
    }

    static InetSocketAddress address(int index) {
        int i = index + 1;
        return new InetSocketAddress("10." + (i >> 16) + '.' + ((i >> 8) & 255) + '.' + (i & 255), 80);
    }

    /** How often each host is chosen in so many picks. */
    static Tally counts(Chooser chooser, PickContext context, int picks) {
        Tally tally = new Tally();
        for (int i = 0; i < picks; i++) {
            tally.add(host(chooser, context), 1);
        }
        return tally;
    }

    /** The host chosen; none is a failure. */
    static Host host(Chooser chooser, PickContext context) {
        Pick.Chosen chosen = chooser.choose(context);
        if (chosen == null) {
            throw new AssertionError("no host chosen");
        }
        return chosen.host();
    }
}
