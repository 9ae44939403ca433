package io.weir.xds.shortform;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.weir.core.tls.AcmeSpec;
import io.weir.xds.message.AcmeMessage;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Mapping;
import io.weir.xds.yaml.Node.Scalar;

/**
 * {@code acme:} of a listener's {@code tls} as a certificate of files that Weir itself writes, and what has them
 * written. Listeners that ask for the same share it.
 */
final class AcmeForm {

    static final String KEY = "acme";

    private static final List<String> KEYS = List.of("names", "email", "agree_to_terms", "directory", "storage",
            "challenge", "key", "ca", "eab", "name");
    private static final List<String> EAB_KEYS = List.of("id", "key");

    private final Map<String, Mapping> certificates = new LinkedHashMap<>();

    /** All that were asked for. */
    List<Mapping> certificates() {
        return List.copyOf(certificates.values());
    }

    /**
     * The certificate as the listener shows it; after a problem too, so that nothing else seems to be wrong.
     *
     * @param listener
     *            whose routes tell the names where nothing else does
     */
    Node certificate(Part acme, Part listener) {
        List<Node> names = names(acme, listener);
        String name = text(acme, "name", !names.isEmpty() && names.getFirst() instanceof Scalar first
                ? first.text()
                : "unnamed");
        String storage = text(acme, "storage", AcmeSpec.STORAGE_DEFAULT).replaceFirst("(?<=.)/+$", "");
        if (acme.isMapping("what asks for a certificate", KEYS)) {
            request(acme, names, name, storage);
        }
        Scalar path = Tree.text(acme.at(), AcmeSpec.file(storage, name));
        return new Tree(acme.at()).put("certificate_chain", file(path)).put("private_key", file(path)).mapping();
    }

    private void request(Part acme, List<Node> names, String name, String storage) {
        if (names.isEmpty()) {
            if (acme.hasOnly(KEYS)) {
                acme.problem("nothing says which names the certificate is for",
                        "add names: [shop.example], or give the routes a host");
            }
            return;
        }
        Part agree = acme.part("agree_to_terms");
        if (agree == null || !"true".equals(agree.text())) {
            acme.problem("an authority has terms, and nothing says that you agree to them",
                    "read them, and add agree_to_terms: true");
            return;
        }
        Tree request = Tree.typed(acme.at(), AcmeMessage.TYPE).put("name", name).put("domains", names)
                .put("directory", text(acme, "directory", AcmeSpec.DIRECTORY_DEFAULT));
        request.putIf("email", acme.scalar("email"));
        request.put("agree_to_terms", true).put("storage", storage);
        request.putIf("challenge", acme.scalar("challenge")).putIf("key_type", acme.scalar("key"));
        Node ca = acme.scalar("ca");
        if (ca != null) {
            request.put("trusted_ca", file(ca));
        }
        binding(acme, request);
        keep(acme, name, Tree.extension(acme.at(), "weir.acme." + name, request));
    }

    private void keep(Part acme, String name, Mapping request) {
        Mapping before = certificates.putIfAbsent(name, request);
        if (before != null && !said(before).equals(said(request))) {
            acme.problem("a certificate of the same name is asked for in another way at " + before.at(),
                    "write both alike, or give this one a name of its own: name: NAME");
        }
    }

    /** What a tree says, wherever it stands. */
    private static Object said(Node node) {
        return switch (node) {
            case Scalar scalar -> scalar.text();
            case Node.Sequence sequence -> sequence.items().stream().map(AcmeForm::said).toList();
            case Mapping mapping -> mapping.entries().stream()
                    .map(entry -> List.of(entry.key(), said(entry.value()))).toList();
        };
    }

    /** Those that are written, else the hosts of the routes that are one name each. */
    private static List<Node> names(Part acme, Part listener) {
        var names = new ArrayList<Node>();
        for (Part name : acme.items("names")) {
            if (name.text() != null) {
                names.add(name.node());
            }
        }
        if (!acme.has("names")) {
            var seen = new ArrayList<String>();
            for (Part route : listener.items("routes")) {
                for (Part host : route.items("host")) {
                    if (host.node() instanceof Scalar scalar && !scalar.text().contains("*")
                            && !seen.contains(scalar.text())) {
                        seen.add(scalar.text());
                        names.add(host.node());
                    }
                }
            }
        }
        return names;
    }

    private static void binding(Part acme, Tree request) {
        Part eab = acme.part("eab");
        if (eab == null || !eab.isMapping("an account elsewhere", EAB_KEYS)) {
            return;
        }
        Node id = eab.scalar("id");
        Node key = eab.scalar("key");
        if (id == null || key == null) {
            eab.problem("an account elsewhere has an id and a key", "write eab: { id: ID, key: FILE }");
        } else {
            request.put("eab_key_id", id).put("eab_key", file(key));
        }
    }

    private static String text(Part acme, String key, String otherwise) {
        Part part = acme.part(key);
        String text = part == null ? null : part.text();
        return text == null ? otherwise : text;
    }

    private static Tree file(Node path) {
        return new Tree(path.at()).put("filename", path);
    }
}
