package io.weir.xds.shortform;

import io.weir.xds.resource.Nearest;
import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Entry;
import io.weir.xds.yaml.Node.Mapping;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code hash:} of a service: what of a request says which host it goes to, as the policy of a ring or a Maglev table.
 */
final class HashForm {
    static final String KEY = "hash";

    private static final String SOURCE_IP = "source_ip";
    private static final List<String> KEYS = List.of("header", "cookie", "query");
    private static final String CURE = "write source_ip, or { header: NAME }, { cookie: NAME } or { query: NAME }";

    private HashForm() {}

    /**
     * The typed policy that hashes so, at random where nothing is said; {@code policy} is {@code ring_hash} or
     * {@code maglev}.
     */
    static Tree policy(@Nullable Part hash, Position at, String policy) {
        String type = "envoy.extensions.load_balancing_policies." + policy + ".v3."
                + (policy.equals("maglev") ? "Maglev" : "RingHash");
        Tree config = Tree.typed(at, type);
        if (hash == null) {
            return config;
        }
        List<Node> keys = new ArrayList<>();
        for (Part item : hash.items()) {
            key(item, keys);
        }
        if (!keys.isEmpty()) {
            config.put("consistent_hashing_lb_config", new Tree(hash.at()).put("hash_policy", keys));
        }
        return config;
    }

    private static void key(Part item, List<Node> keys) {
        Position at = item.at();
        if (!(item.node() instanceof Mapping mapping)) {
            String text = item.text();
            if (SOURCE_IP.equals(text)) {
                keys.add(new Tree(at).put("connection_properties", new Tree(at).put(SOURCE_IP, true)).mapping());
            } else if (text != null) {
                item.problem("this is nothing that can be hashed", Nearest.cure(text, List.of(SOURCE_IP), CURE));
            }
            return;
        }
        if (!item.isMapping("hash", KEYS)) {
            return;
        }
        for (Entry entry : mapping.entries()) {
            Part value = item.part(entry.key());
            Tree key = value == null ? null : key(entry, value);
            if (key != null) {
                keys.add(key.mapping());
            }
        }
    }

    private static @Nullable Tree key(Entry entry, Part value) {
        String name = value.text();
        if (name == null) {
            return null;
        }
        Node text = Tree.text(value.at(), name);
        Tree key = new Tree(entry.at());
        return switch (entry.key()) {
            case "header" -> key.put("header", new Tree(value.at()).put("header_name", text));
            case "cookie" -> key.put("cookie", new Tree(value.at()).put("name", text));
            case "query" -> key.put("query_parameter", new Tree(value.at()).put("name", text));
            default -> null; // told already
        };
    }
}
