package io.weir.xds.shortform;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import io.weir.xds.resource.Nearest;
import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Entry;
import io.weir.xds.yaml.Node.Mapping;

import org.jspecify.annotations.Nullable;

/** {@code services:} as clusters. */
final class Services {

    private static final String FAILOVER = "failover";
    private static final List<String> KEYS = List.of("at", "dns", "demo", FAILOVER, "balance", "connect_timeout",
            "limits",
            HashForm.KEY, StickyForm.KEY, "subset", "health", ProtocolForm.KEY, HostTlsForm.KEY, HostTlsForm.PROXY);
    private static final List<String> LATER = List.of("srv", "etcd", "zookeeper", "consul", "eureka", "kubernetes",
            "xds");
    private static final List<String> ALL_KEYS = Stream.concat(KEYS.stream(), LATER.stream()).toList();
    private static final List<String> BALANCE = List.of("round_robin", "least_request", "random", "peak_ewma",
            "prequal", "ring_hash", "maglev");
    /** In the place of a weight: the endpoint keeps the sessions that it has, and gets nothing new. */
    private static final String DRAINING = "draining";
    private static final String SUBSET = "subset";
    private static final String TYPES = "envoy.extensions.load_balancing_policies.";
    private static final String PREQUAL = "prequal";
    private static final String MAGLEV = "maglev";
    /** Those that the older {@code lb_policy} has no word for. */
    private static final List<String> TYPED_ONLY = List.of("peak_ewma", PREQUAL);
    private static final List<String> HASHING = List.of("ring_hash", MAGLEV);

    /** Addresses of demo backends, in the order of the text. */
    private final List<Node> demo = new ArrayList<>();
    private final List<Node> clusters = new ArrayList<>();
    private final Map<String, Mapping> sessions = new LinkedHashMap<>();

    List<Node> clusters() {
        return clusters;
    }

    /** The sessions of each service that keeps any, by its name. */
    Map<String, Mapping> sessions() {
        return sessions;
    }

    List<Node> demo() {
        return demo;
    }

    void read(Part services) {
        if (!(services.node() instanceof Mapping)) {
            services.problem("services is a mapping of names to services", "write services: { name: { at: ... } }");
            return;
        }
        List<Entry> entries = services.entries();
        List<Part> parts = services.named();
        for (int i = 0; i < entries.size(); i++) {
            service(entries.get(i), parts.get(i));
        }
    }

    private void service(Entry entry, Part part) {
        if (!(part.node() instanceof Mapping)) {
            part.problem("a service is a mapping", "write " + entry.key() + ": { at: ADDRESS } or { dns: NAME:PORT }");
            clusters.add(new Tree(entry.at()).put("name", Tree.text(entry.at(), entry.key())).mapping());
            return;
        }
        part.isMapping("a service", ALL_KEYS);
        for (String later : LATER) {
            Part wanted = part.part(later);
            if (wanted != null) {
                wanted.problem("Weir does not have this for services yet", "remove it");
            }
        }
        Tree cluster = new Tree(entry.at()).put("name", Tree.text(entry.at(), entry.key()));
        hosts(part, cluster, entry);
        cluster.putIf("connect_timeout", part.duration("connect_timeout"));
        if (!part.has(FAILOVER)) {
            balance(part, cluster);
            ServiceLimits.put(part, cluster);
            Tree options = new Tree(entry.at());
            ProtocolForm.read(part, options);
            HostTlsForm.put(part, cluster);
            HealthForm.read(part, cluster, options);
            if (!options.isEmpty()) {
                cluster.put("typed_extension_protocol_options", options);
            }
            Mapping session = StickyForm.session(part, cluster);
            if (session != null) {
                sessions.put(entry.key(), session);
            }
        }
        clusters.add(cluster.mapping());
    }

    private void hosts(Part part, Tree cluster, Entry entry) {
        List<String> given = List.of("at", "dns", "demo", FAILOVER).stream().filter(part::has).toList();
        if (given.size() > 1 || given.isEmpty() && part.hasOnly(ALL_KEYS)) {
            part.problem(given.isEmpty()
                    ? "nothing says where the service is"
                    : "a service has one way to be found, and here are " + String.join(" and ", given),
                    given.isEmpty()
                            ? "add at: [ADDRESS, ...], dns: NAME:PORT or failover: [SERVICE, ...]"
                            : "keep one of them");
        }
        if (given.isEmpty()) {
            cluster.put("type", "STATIC");
            return;
        }
        String way = given.getFirst();
        Part hosts = part.part(way);
        if (way.equals(FAILOVER) && hosts != null) {
            failover(part, hosts, cluster);
            return;
        }
        cluster.put("type", way.equals("dns") ? "STRICT_DNS" : "STATIC");
        List<Node> endpoints = hosts == null ? List.of() : endpoints(hosts, way);
        Tree assignment = new Tree(entry.at()).put("cluster_name", Tree.text(entry.at(), entry.key()));
        if (!endpoints.isEmpty()) {
            assignment.put("endpoints", List.of(new Tree(endpoints.getFirst().at()).put("lb_endpoints", endpoints)
                    .mapping()));
        }
        cluster.put("load_assignment", assignment);
    }

    /** Other services, the best first: what one cannot carry, the next does. */
    private static void failover(Part part, Part services, Tree cluster) {
        for (String key : List.of("balance", HashForm.KEY, SUBSET, StickyForm.KEY, "limits", "health",
                ProtocolForm.KEY, HostTlsForm.KEY, HostTlsForm.PROXY)) {
            Part unused = part.part(key);
            if (unused != null) {
                unused.problem(key + " is for a service with endpoints of its own, and this one stands for others",
                        "write it to those");
            }
        }
        List<Node> names = new ArrayList<>();
        for (Part item : services.items()) {
            String name = item.text();
            if (name != null) {
                names.add(Tree.text(item.at(), name));
            }
        }
        cluster.put("cluster_type", Tree.extension(services.at(), "envoy.clusters.aggregate",
                Tree.typed(services.at(), "envoy.extensions.clusters.aggregate.v3.ClusterConfig").put("clusters",
                        names)));
        cluster.put("lb_policy", Tree.text(services.at(), "CLUSTER_PROVIDED"));
    }

    private List<Node> endpoints(Part hosts, String way) {
        var endpoints = new ArrayList<Node>();
        if (hosts.node() instanceof Mapping mapping) {
            for (Entry entry : mapping.entries()) {
                Part key = new Part(Tree.text(entry.at(), entry.key()), Part.join(hosts.path(), entry.key()),
                        hosts.problems());
                add(endpoints, key, way, entry.value());
            }
        } else {
            hosts.items().forEach(item -> add(endpoints, item, way, null));
        }
        return endpoints;
    }

    private void add(List<Node> endpoints, Part part, String way, @Nullable Node weight) {
        String text = part.text();
        if (text == null) {
            return;
        }
        Mapping address = way.equals("dns") ? AddressForm.toResolve(part, text) : AddressForm.toConnectTo(part, text);
        if (address == null) {
            return;
        }
        if (way.equals("demo")) {
            demo.add(Tree.text(part.at(), text));
        }
        Tree endpoint = new Tree(part.at()).put("endpoint", new Tree(part.at()).put("address", address));
        if (weight instanceof Node.Scalar scalar && scalar.text().equals(DRAINING)) {
            endpoint.put("health_status", Tree.text(weight.at(), "DRAINING"));
        } else {
            endpoint.putIf("load_balancing_weight", weight);
        }
        endpoints.add(endpoint.mapping());
    }

    private static void balance(Part part, Tree cluster) {
        Part balance = part.part("balance");
        Part hash = part.part(HashForm.KEY);
        Node subset = part.scalar(SUBSET);
        String text = balance == null ? null : balance.text();
        if (balance != null && text != null && !BALANCE.contains(text)) {
            balance.problem("this way to balance is not known", Nearest.cure(text, BALANCE,
                    "write one of " + String.join(", ", BALANCE)));
            return;
        }
        boolean hashes = text == null ? hash != null : HASHING.contains(text);
        if (hash != null && !hashes) {
            hash.problem("only ring_hash and maglev go by a hash, and this service has balance: " + text,
                    "write balance: maglev, or remove hash");
        }
        if (balance != null && hashes && hash == null) {
            balance.warn("nothing says what is hashed, so that requests go to any endpoint",
                    "add hash: source_ip, { header: NAME }, { cookie: NAME } or { query: NAME }");
        }
        String policy = text != null ? text : hash != null ? MAGLEV : "round_robin";
        Position at = balance != null ? balance.at() : hash != null ? hash.at() : part.at();
        Mapping typed = typed(at, policy, hashes ? hash : null);
        if (subset != null) {
            Tree config = Tree.typed(subset.at(), PolicyMessages.RANDOM_SUBSETTING).put("subset_size", subset)
                    .put("child_policy", policies(at, typed));
            cluster.put("load_balancing_policy", policies(subset.at(),
                    Tree.extension(subset.at(), "envoy.load_balancing_policies.random_subsetting", config)));
        } else if (hash != null && hashes || TYPED_ONLY.contains(policy)) {
            cluster.put("load_balancing_policy", policies(at, typed));
        } else if (text != null) {
            cluster.put("lb_policy", Tree.text(at, policy.toUpperCase(Locale.ROOT)));
        }
    }

    private static Mapping typed(Position at, String policy, @Nullable Part hash) {
        String name = (policy.equals(PREQUAL) ? "weir" : "envoy") + ".load_balancing_policies." + policy;
        return Tree.extension(at, name, switch (policy) {
            case "peak_ewma" -> Tree.typed(at, PolicyMessages.PEAK_EWMA);
            case PREQUAL -> Tree.typed(at, PolicyMessages.PREQUAL);
            case "ring_hash", MAGLEV -> HashForm.policy(hash, at, policy);
            case "least_request" -> Tree.typed(at, TYPES + "least_request.v3.LeastRequest");
            case "random" -> Tree.typed(at, TYPES + "random.v3.Random");
            default -> Tree.typed(at, TYPES + "round_robin.v3.RoundRobin");
        });
    }

    private static Tree policies(Position at, Mapping extension) {
        return new Tree(at).put("policies", List.of(new Tree(at).put("typed_extension_config", extension).mapping()));
    }
}
