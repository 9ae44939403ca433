package io.weir.xds.shortform;

import java.util.ArrayList;
import java.util.List;

import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Mapping;

import org.jspecify.annotations.Nullable;

/** {@code tls:} of a listener as a transport socket. */
final class TlsForm {

    static final String KEY = "tls";

    private static final String TYPES = "envoy.extensions.transport_sockets.tls.v3.";
    private static final List<String> KEYS = List.of("cert", "key", "client_ca", AcmeForm.KEY);

    private TlsForm() {}

    /**
     * What secures the listener's connections; null where they are plain.
     *
     * @param http
     *            whether clients may choose between versions of HTTP
     * @param acme
     *            has certificates issued
     */
    static @Nullable Mapping socket(Part listener, boolean http, AcmeForm acme) {
        Part tls = listener.part(KEY);
        if (tls == null) {
            return null;
        }
        List<Part> certificates = tls.items();
        var found = new ArrayList<Node>();
        Node clients = null;
        Part first = null;
        for (Part each : certificates) {
            if (each.isMapping("the certificate of a listener", KEYS)) {
                Node certificate = certificate(each, listener, acme);
                if (certificate != null) {
                    found.add(certificate);
                }
                Part ca = each.part("client_ca");
                String file = ca == null ? null : ca.text();
                if (ca != null && file != null && first == null) {
                    first = ca;
                    clients = ca.node();
                } else if (ca != null && file != null && first != null && !file.equals(first.text())) {
                    ca.problem("clients of all certificates of a listener are believed by one authority, and "
                            + first.path() + " at " + first.at() + " names another",
                            "write the same file, with all authorities in it, or listeners of their own");
                }
            }
        }
        Position at = tls.at();
        Tree common = new Tree(at);
        if (!found.isEmpty()) {
            common.put("tls_certificates", found);
        }
        if (clients != null) {
            common.put("validation_context", new Tree(at).put("trusted_ca", file(clients)));
        }
        if (http) {
            common.put("alpn_protocols", List.of(Tree.text(at, "h2"), Tree.text(at, "http/1.1")));
        }
        Tree context = Tree.typed(at, TYPES + "DownstreamTlsContext").put("common_tls_context", common);
        if (clients != null) {
            context.put("require_client_certificate", true);
        }
        return Tree.extension(at, "envoy.transport_sockets.tls", context);
    }

    private static @Nullable Node certificate(Part part, Part listener, AcmeForm acme) {
        Part asked = part.part(AcmeForm.KEY);
        if (asked != null) {
            if (part.has("cert") || part.has("key")) {
                asked.problem("here is a certificate already", "remove cert and key, or write a list of certificates");
            }
            return acme.certificate(asked, listener);
        }
        Node cert = part.scalar("cert");
        Node key = part.scalar("key");
        if (cert == null || key == null) {
            if (part.hasOnly(KEYS)) {
                part.problem("a certificate and its key are needed", "write tls: { cert: FILE, key: FILE }, or acme");
            }
            return null;
        }
        return new Tree(part.at()).put("certificate_chain", file(cert)).put("private_key", file(key)).mapping();
    }

    private static Tree file(Node path) {
        return new Tree(path.at()).put("filename", path);
    }
}
