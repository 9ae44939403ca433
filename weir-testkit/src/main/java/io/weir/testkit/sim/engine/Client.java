package io.weir.testkit.sim.engine;

import io.weir.core.aperture.ApertureRule.Self;
import io.weir.core.cluster.Cluster;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.Locality;
import io.weir.core.stats.Stats;
import io.weir.core.tier.Locals;
import io.weir.core.tier.Locals.Presence;
import io.weir.testkit.sim.fleet.Clients;
import io.weir.testkit.sim.fleet.Contender;
import io.weir.testkit.sim.fleet.HostGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * One instance of Weir: real clusters over simulated servers. With counts that are shared it has one cluster, as Weir
 * has; with counts per worker each worker has one of its own, which then is all that it knows.
 */
final class Client {
    private static final int FIRST_ADDRESS = 0x0a000000;
    private static final int PORT = 80;

    private final String zone;
    private final List<Cluster> clusters = new ArrayList<>();
    private final Worker[] workers;
    private final BitSet spokenTo = new BitSet();

    Client(int number, World world, Contender contender, List<Endpoint> endpoints, Dice dice) {
        Clients clients = world.scenario().clients();
        this.zone = clients.zone(number);
        this.workers = new Worker[clients.workers()];
        boolean shared = contender.counts() == Clients.Counts.SHARED;
        for (int i = 0; i < workers.length; i++) {
            if (i == 0 || !shared) {
                // the name seeds the cluster's turns: other clients, and workers alone, begin elsewhere
                Cluster cluster = cluster("client-" + number + "-" + i, contender, endpoints);
                cluster.surroundings(new Nearby(world, zone, cluster)
                        .surroundings(dice.stream(Dice.Stream.HEALTH, (long) number << 16 | i)), 0);
                cluster.locals(locals(number, clients));
                clusters.add(cluster);
            }
            RandomGenerator own = dice.stream(Dice.Stream.CONTEXT, (long) number << 16 | i);
            workers[i] = new Worker(this, clusters.getLast(), own, world.timeline());
        }
    }

    private static Cluster cluster(String name, Contender contender, List<Endpoint> endpoints) {
        ClusterSpec spec = ClusterSpec.of(name, endpoints).withBalancing(contender.balancing())
                .withAdmission(contender.admission()).withHealth(contender.health());
        return new Cluster(spec, new Stats());
    }

    /** What it would know of itself and its like from its bootstrap and its local cluster. */
    private static Locals locals(int number, Clients clients) {
        Map<Locality, Presence> presence = new HashMap<>();
        for (int i = 0; i < clients.count(); i++) {
            presence.merge(locality(clients.zone(i)), new Presence(1, 1),
                    (a, b) -> new Presence(a.hosts() + b.hosts(), a.weight() + b.weight()));
        }
        Self self = new Self(Dice.mixed(number + 1L), number, clients.count());
        return new Locals(locality(clients.zone(number)), presence, true, false, self);
    }

    private static Locality locality(String zone) {
        return new Locality("", zone, "");
    }

    /** What discovery would announce: server number i stands at 10.0.0.0 + i. */
    static List<Endpoint> endpoints(List<HostGroup> groups) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (HostGroup group : groups) {
            for (int i = 0; i < group.count(); i++) {
                endpoints.add(Endpoint.of(address(endpoints.size())).withWeight(group.weight())
                        .withPriority(group.priority()).withLocality(locality(group.zone()), 1));
            }
        }
        return endpoints;
    }

    private static InetSocketAddress address(int number) {
        int bits = FIRST_ADDRESS + number;
        byte[] octets = {(byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits};
        try {
            return new InetSocketAddress(InetAddress.getByAddress(octets), PORT);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four octets are an address", e);
        }
    }

    /** The number of the server behind a host. */
    static int number(Host host) {
        byte[] octets = ((InetSocketAddress) host.address()).getAddress().getAddress();
        return (octets[1] & 0xff) << 16 | (octets[2] & 0xff) << 8 | (octets[3] & 0xff);
    }

    String zone() {
        return zone;
    }

    Worker worker(RandomGenerator chance) {
        return workers[workers.length == 1 ? 0 : chance.nextInt(workers.length)];
    }

    void spokeTo(int server) {
        spokenTo.set(server);
    }

    boolean spoke(int server) {
        return spokenTo.get(server);
    }

    /** Hosts that it has spoken to. */
    int connections() {
        return spokenTo.cardinality();
    }

    void tick(long nowNanos) {
        for (Cluster cluster : clusters) {
            cluster.tick(nowNanos);
        }
    }

    /** Hosts left out now, as the mean over its clusters. */
    double ejected() {
        long ejected = 0;
        for (Cluster cluster : clusters) {
            ejected += cluster.view().hosts().all().stream().filter(Host::down).count();
        }
        return (double) ejected / clusters.size();
    }

    long ejections() {
        return clusters.stream().mapToLong(cluster -> cluster.stats().ejectionsTotal().value()).sum();
    }
}
