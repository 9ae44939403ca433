package io.weir.xds.shortform;

import io.weir.xds.message.DemoMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.weir.xds.resource.Position;
import io.weir.xds.resource.Problem;
import io.weir.xds.spec.Interception;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Entry;
import io.weir.xds.yaml.Node.Mapping;
import io.weir.xds.yaml.Node.Scalar;
import io.weir.xds.yaml.Node.Sequence;

import org.jspecify.annotations.Nullable;

/**
 * What a person writes, as Envoy's bootstrap. {@code docs/configuration.md} describes it, {@code
 * schema/weir.schema.json} says it to editors. Stateless; any thread.
 */
public final class ShortForm {

    private static final List<String> KEYS = List.of("listen", "services", SidecarForm.KEY, "admin", "log", "envoy");

    private ShortForm() {}

    /**
     * What became of a short form.
     *
     * @param bootstrap
     *            a tree in Envoy's form, whose nodes point into the short form; it lacks what problems name
     * @param problems
     *            in the words of the short form, in the order they were found
     * @param interception
     *            which connections a sidecar wants to have; null: this is none
     */
    public record Expansion(Node bootstrap, List<Problem> problems, @Nullable Interception interception) {

        public Expansion {
            problems = List.copyOf(problems);
        }
    }

    /**
     * Whether this tree is the short form: it has one of its keys, and none of a bootstrap that the short form lacks.
     */
    public static boolean isShort(Node root) {
        if (!(root instanceof Mapping mapping)) {
            return false;
        }
        boolean listens = mapping.find("listen") != null || mapping.find("services") != null
                || mapping.find(SidecarForm.KEY) != null || mapping.find("envoy") != null;
        return listens && mapping.find("static_resources") == null && mapping.find("staticResources") == null;
    }

    /** Expands a tree for which {@link #isShort} holds. */
    public static Expansion expand(Node root) {
        List<Problem> problems = new ArrayList<>();
        Part whole = new Part(root, "", problems);
        whole.isMapping("the short form", KEYS);
        Services services = new Services();
        Part servicesPart = whole.part("services");
        if (servicesPart != null) {
            services.read(servicesPart);
        }
        Part envoy = whole.part("envoy");
        Targets targets = new Targets();
        if (servicesPart != null) {
            servicesPart.entries().forEach(entry -> targets.add(entry.key()));
        }
        clusterNames(envoy).forEach(targets::add);
        services.sessions().forEach(targets::session);
        Listeners listeners = new Listeners(targets, whole.part("log"));
        Part listen = whole.part("listen");
        if (listen != null) {
            listeners.read(listen);
        }
        Part sidecarPart = whole.part(SidecarForm.KEY);
        SidecarForm.Sidecar sidecar = sidecarPart == null ? null : SidecarForm.read(sidecarPart, whole.part("log"));
        List<Node> allListeners = new ArrayList<>(listeners.listeners());
        List<Node> allClusters = new ArrayList<>(services.clusters());
        if (sidecar != null) {
            SidecarChains chains = new SidecarChains(sidecar);
            allListeners.addAll(chains.listeners());
            allClusters.addAll(chains.clusters());
        }
        Map<String, Entry> top = new LinkedHashMap<>();
        Part admin = whole.part("admin");
        if (admin != null) {
            admin(admin, top);
        }
        resources(top, "listeners", allListeners, root.at());
        resources(top, "clusters", allClusters, root.at());
        extensions(services, listeners, top);
        if (envoy != null) {
            merge(top, envoy);
        }
        return new Expansion(new Mapping(root.at(), List.copyOf(top.values())), problems,
                sidecar == null ? null : sidecar.interception());
    }

    /** What Weir does beside serving. */
    private static void extensions(Services services, Listeners listeners, Map<String, Entry> top) {
        List<Node> extensions = new ArrayList<>();
        if (!services.demo().isEmpty()) {
            Position at = services.demo().getFirst().at();
            extensions.add(Tree.extension(at, "weir.demo",
                    Tree.typed(at, DemoMessage.TYPE).put("addresses", services.demo())));
        }
        extensions.addAll(listeners.acme().certificates());
        if (!extensions.isEmpty()) {
            put(top, "bootstrap_extensions", new Sequence(extensions.getFirst().at(), extensions));
        }
    }

    private static void admin(Part admin, Map<String, Entry> top) {
        Mapping address = AddressForm.toListenAt(admin);
        if (address != null) {
            put(top, "admin", new Tree(admin.at()).put("address", address).mapping());
        }
    }

    private static void resources(Map<String, Entry> top, String key, List<Node> items, Position at) {
        if (items.isEmpty()) {
            return;
        }
        Entry before = top.get("static_resources");
        List<Entry> entries = new ArrayList<>(before != null && before.value() instanceof Mapping mapping
                ? mapping.entries()
                : List.of());
        entries.add(new Entry(items.getFirst().at(), key, new Sequence(items.getFirst().at(), items)));
        top.put("static_resources", new Entry(at, "static_resources", new Mapping(at, entries)));
    }

    private static void put(Map<String, Entry> top, String key, Node value) {
        top.put(key, new Entry(value.at(), key, value));
    }

    /** Raw resources stand beside those of the short form: lists are joined, everything else is given once. */
    private static void merge(Map<String, Entry> top, Part envoy) {
        if (!(envoy.node() instanceof Mapping mapping)) {
            envoy.problem("envoy is a mapping with the fields of an Envoy bootstrap",
                    "write envoy: { static_resources: { clusters: [...] } }");
            return;
        }
        for (Entry entry : mapping.entries()) {
            String key = switch (entry.key()) {
                case "staticResources" -> "static_resources";
                case "bootstrapExtensions" -> "bootstrap_extensions";
                default -> entry.key();
            };
            Entry before = top.get(key);
            if (before == null) {
                top.put(key, new Entry(entry.at(), key, entry.value()));
            } else if (before.value() instanceof Sequence) {
                top.put(key, new Entry(before.at(), key, joined(before.value(), entry.value())));
            } else if (key.equals("static_resources") && before.value() instanceof Mapping own
                    && entry.value() instanceof Mapping raw) {
                top.put(key, new Entry(before.at(), key, resources(own, raw)));
            } else {
                envoy.problems().add(Problem.error(entry.at(), "envoy." + key, "", key
                        + " is given here and in the short form too", "keep one of them"));
            }
        }
    }

    private static Mapping resources(Mapping own, Mapping raw) {
        Map<String, Entry> merged = new LinkedHashMap<>();
        own.entries().forEach(entry -> merged.put(entry.key(), entry));
        for (Entry entry : raw.entries()) {
            Entry before = merged.get(entry.key());
            merged.put(entry.key(), before == null
                    ? entry
                    : new Entry(before.at(), entry.key(), joined(before.value(), entry.value())));
        }
        return new Mapping(own.at(), List.copyOf(merged.values()));
    }

    private static Sequence joined(Node first, Node second) {
        List<Node> items = new ArrayList<>(items(first));
        items.addAll(items(second));
        return new Sequence(first.at(), items);
    }

    private static List<Node> items(Node node) {
        return switch (node) {
            case Sequence sequence -> sequence.items();
            case Scalar scalar when scalar.isNull() -> List.of();
            case Scalar _,Mapping _ -> List.of(node);
        };
    }

    /** The names of the clusters that stand raw under {@code envoy:}. */
    private static List<String> clusterNames(@Nullable Part envoy) {
        if (envoy == null || !(envoy.node() instanceof Mapping root)) {
            return List.of();
        }
        Node resources = root.find("static_resources") == null
                ? root.find("staticResources")
                : root.find("static_resources");
        Node clusters = resources instanceof Mapping mapping ? mapping.find("clusters") : null;
        var names = new ArrayList<String>();
        for (Node cluster : clusters == null ? List.<Node>of() : items(clusters)) {
            if (cluster instanceof Mapping mapping && mapping.find("name") instanceof Scalar name) {
                names.add(name.text());
            }
        }
        return names;
    }
}
