package io.weir.testkit.sim.fleet;

import java.util.List;

/**
 * Everything that a run depends on, its seed included. Immutable.
 *
 * @param about
 *            a sentence for people; may be empty
 * @param durationNanos
 *            requests come for so long; those under way then are waited for
 * @param warmupNanos
 *            requests that come before are not counted
 */
public record Scenario(String title, String about, long seed, long durationNanos, long warmupNanos,
        List<HostGroup> hosts, List<Trouble> troubles, Arrivals arrivals, Keys keys, Clients clients, Network network,
        Calls calls, List<Contender> contenders) {
    public Scenario {
        hosts = List.copyOf(hosts);
        troubles = List.copyOf(troubles);
        contenders = List.copyOf(contenders);
    }

    /** How many hosts there are. */
    public int hostCount() {
        return hosts.stream().mapToInt(HostGroup::count).sum();
    }

    /** The same with another seed. */
    public Scenario withSeed(long other) {
        return new Scenario(title, about, other, durationNanos, warmupNanos, hosts, troubles, arrivals, keys, clients,
                network, calls, contenders);
    }

    /** The same with other hosts. */
    public Scenario withHosts(List<HostGroup> other) {
        return new Scenario(title, about, seed, durationNanos, warmupNanos, other, troubles, arrivals, keys, clients,
                network, calls, contenders);
    }

    /** The same with other clients. */
    public Scenario withClients(Clients other) {
        return new Scenario(title, about, seed, durationNanos, warmupNanos, hosts, troubles, arrivals, keys, other,
                network, calls, contenders);
    }

    /** The same with clients that treat requests otherwise. */
    public Scenario withCalls(Calls other) {
        return new Scenario(title, about, seed, durationNanos, warmupNanos, hosts, troubles, arrivals, keys, clients,
                network, other, contenders);
    }

    /** The same with other arrivals. */
    public Scenario withArrivals(Arrivals other) {
        return new Scenario(title, about, seed, durationNanos, warmupNanos, hosts, troubles, other, keys, clients,
                network, calls, contenders);
    }
}
