package io.weir.xds.shortform;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Entry;
import io.weir.xds.yaml.Node.Mapping;

import org.jspecify.annotations.Nullable;

/** {@code services:} as clusters. */
final class Services {

    private static final List<String> KEYS = List.of("at", "dns", "demo", "balance", "connect_timeout", "limits",
            HashForm.KEY, "health");
    private static final List<String> LATER = List.of("srv", "etcd", "zookeeper", "consul", "eureka", "kubernetes",
            "xds", "tls");
    private static final List<String> ALL_KEYS = Stream.concat(KEYS.stream(), LATER.stream()).toList();
    private static final List<String> BALANCE = List.of("round_robin", "least_request", "random", "peak_ewma",
            "prequal", "ring_hash", "maglev");
    private static final String MAGLEV = "maglev";
    private static final List<String> HASHING = List.of("ring_hash", MAGLEV);

    /** Addresses of demo backends, in the order of the text. */
    private final List<Node> demo = new ArrayList<>();
    private final List<Node> clusters = new ArrayList<>();

    List<Node> clusters() {
        return clusters;
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
        balance(part, cluster);
        cluster.putIf("connect_timeout", part.duration("connect_timeout"));
        ServiceLimits.put(part, cluster);
        HealthForm.read(part, cluster);
        clusters.add(cluster.mapping());
    }

    private void hosts(Part part, Tree cluster, Entry entry) {
        List<String> given = List.of("at", "dns", "demo").stream().filter(part::has).toList();
        if (given.size() > 1 || given.isEmpty() && part.hasOnly(ALL_KEYS)) {
            part.problem(given.isEmpty()
                    ? "nothing says where the service is"
                    : "a service has one way to be found, and here are " + String.join(" and ", given),
                    given.isEmpty() ? "add at: [ADDRESS, ...] or dns: NAME:PORT" : "keep one of them");
        }
        if (given.isEmpty()) {
            cluster.put("type", "STATIC");
            return;
        }
        String way = given.getFirst();
        Part hosts = part.part(way);
        cluster.put("type", way.equals("dns") ? "STRICT_DNS" : "STATIC");
        List<Node> endpoints = hosts == null ? List.of() : endpoints(hosts, way);
        Tree assignment = new Tree(entry.at()).put("cluster_name", Tree.text(entry.at(), entry.key()));
        if (!endpoints.isEmpty()) {
            assignment.put("endpoints", List.of(new Tree(endpoints.getFirst().at()).put("lb_endpoints", endpoints)
                    .mapping()));
        }
        cluster.put("load_assignment", assignment);
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
        endpoint.putIf("load_balancing_weight", weight);
        endpoints.add(endpoint.mapping());
    }

    private static void balance(Part part, Tree cluster) {
        Part balance = part.part("balance");
        Part hash = part.part(HashForm.KEY);
        String text = balance == null ? null : balance.text();
        if (hash != null && (balance == null || HASHING.contains(String.valueOf(text)))) {
            String policy = text == null ? MAGLEV : text;
            Position at = balance == null ? hash.at() : balance.at();
            typed(at, cluster, "envoy.load_balancing_policies." + policy, HashForm.policy(hash, at, policy));
            return;
        }
        if (balance == null || text == null) {
            return;
        }
        if (hash != null) {
            hash.problem("only ring_hash and maglev go by a hash, and this service has balance: " + text,
                    "write balance: maglev, or remove hash");
        }
        switch (text) {
            case "round_robin", "least_request", "random" ->
                cluster.put("lb_policy", Tree.text(balance.at(), text.toUpperCase(Locale.ROOT)));
            case "ring_hash", "maglev" -> {
                cluster.put("lb_policy", Tree.text(balance.at(), text.toUpperCase(Locale.ROOT)));
                balance.warn("nothing says what is hashed, so that requests go to any endpoint",
                        "add hash: source_ip, { header: NAME }, { cookie: NAME } or { query: NAME }");
            }
            case "peak_ewma" -> typed(balance.at(), cluster, "envoy.load_balancing_policies.peak_ewma",
                    Tree.typed(balance.at(), PolicyMessages.PEAK_EWMA));
            case "prequal" -> typed(balance.at(), cluster, "weir.load_balancing_policies.prequal",
                    Tree.typed(balance.at(), PolicyMessages.PREQUAL));
            default -> balance.problem("this way to balance is not known", io.weir.xds.resource.Nearest.cure(text,
                    BALANCE, "write one of " + String.join(", ", BALANCE)));
        }
    }

    /** A policy that the older {@code lb_policy} has no word for. */
    private static void typed(Position at, Tree cluster, String name, Tree config) {
        Tree policy = new Tree(at).put("typed_extension_config", Tree.extension(at, name, config));
        cluster.put("load_balancing_policy", new Tree(at).put("policies", List.of(policy.mapping())));
    }
}
