package io.weir.xds.shortform;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node;

import org.jspecify.annotations.Nullable;

/**
 * {@code tls:} and {@code proxy_protocol:} of a service as the transport socket towards its hosts. Who says nothing
 * else has them verified: they must be who they are asked for, by somebody whom this machine believes.
 */
final class HostTlsForm {

    static final String KEY = "tls";
    static final String PROXY = "proxy_protocol";

    private static final String TYPES = "envoy.extensions.transport_sockets.tls.v3.";
    private static final List<String> KEYS = List.of("ca", "sni", "cert", "key", "verify");
    private static final List<String> VERSIONS = List.of("v1", "v2");
    private static final String TRUE = "true";
    private static final String FALSE = "false";

    private HostTlsForm() {}

    /** Secures the cluster's connections, and has them begin with the PROXY protocol, where the service says so. */
    static void put(Part service, Tree cluster) {
        Node.Mapping tls = tls(service);
        Part proxy = service.part(PROXY);
        Node.Mapping socket = proxy == null ? tls : proxied(proxy, tls);
        if (socket != null) {
            cluster.put("transport_socket", socket);
        }
    }

    private static Node.@Nullable Mapping proxied(Part proxy, Node.@Nullable Mapping tls) {
        String version = proxy.text();
        if (version == null) {
            return tls;
        }
        if (!VERSIONS.contains(version)) {
            proxy.problem("this is no version of the PROXY protocol", "write proxy_protocol: v2, or v1");
            return tls;
        }
        Position at = proxy.at();
        Node.Mapping inner = tls != null
                ? tls
                : Tree.extension(at, "envoy.transport_sockets.raw_buffer",
                        Tree.typed(at, "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer"));
        return Tree.extension(at, "envoy.transport_sockets.upstream_proxy_protocol",
                Tree.typed(at, "envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport")
                        .put("config", new Tree(at).put("version", Tree.text(at, version.toUpperCase(Locale.ROOT))))
                        .put("transport_socket", inner));
    }

    private static Node.@Nullable Mapping tls(Part service) {
        Part tls = service.part(KEY);
        if (tls == null) {
            return null;
        }
        if (tls.node() instanceof Node.Scalar word) {
            if (!word.text().equals(TRUE) && !word.text().equals(FALSE)) {
                tls.problem("tls of a service is true, or says how", "write tls: true or tls: { ca: FILE, sni: NAME }");
            }
            return word.text().equals(TRUE) ? socket(tls, service, true) : null;
        }
        if (!tls.isMapping("tls of a service", KEYS)) {
            return null;
        }
        Part verify = tls.part("verify");
        String word = verify == null ? TRUE : verify.text();
        if (verify != null && word != null && !word.equals(TRUE) && !word.equals(FALSE)) {
            verify.problem("verify is true or false", "remove it: hosts are verified");
        }
        return socket(tls, service, !FALSE.equals(word));
    }

    private static Node.Mapping socket(Part tls, Part service, boolean verified) {
        Position at = tls.at();
        Node ca = tls.node() instanceof Node.Mapping ? tls.scalar("ca") : null;
        Tree common = new Tree(at);
        Node certificate = certificate(tls);
        if (certificate != null) {
            common.put("tls_certificates", List.of(certificate));
        }
        if (verified) {
            common.put("validation_context", ca == null
                    ? new Tree(at).put("system_root_certs", new Tree(at))
                    : new Tree(ca.at()).put("trusted_ca", new Tree(ca.at()).put("filename", ca)));
        } else if (ca != null) {
            tls.problem("a ca is named, and verify: false says that nobody is asked for it", "keep one of the two");
        }
        Tree context = Tree.typed(at, TYPES + "UpstreamTlsContext").put("common_tls_context", common)
                .putIf("sni", name(tls, service));
        if (verified) {
            context.put("auto_sni_san_validation", true);
        }
        return Tree.extension(at, "envoy.transport_sockets.tls", context);
    }

    private static @Nullable Node certificate(Part tls) {
        if (!(tls.node() instanceof Node.Mapping)) {
            return null;
        }
        Node cert = tls.scalar("cert");
        Node key = tls.scalar("key");
        if (cert == null && key == null) {
            return null;
        }
        if (cert == null || key == null) {
            tls.problem("a certificate and its key belong together", "write cert: FILE and key: FILE, or neither");
            return null;
        }
        return new Tree(tls.at()).put("certificate_chain", new Tree(cert.at()).put("filename", cert))
                .put("private_key", new Tree(key.at()).put("filename", key)).mapping();
    }

    /** What hosts are asked for: what is written, else the name that they are found by; of addresses, nothing. */
    private static @Nullable Node name(Part tls, Part service) {
        Node sni = tls.node() instanceof Node.Mapping ? tls.scalar("sni") : null;
        Part dns = service.part("dns");
        if (sni != null || dns == null) {
            return sni;
        }
        Set<String> names = new TreeSet<>();
        if (dns.node() instanceof Node.Mapping) {
            dns.entries().forEach(entry -> names.add(host(entry.key())));
        } else {
            for (Part item : dns.items()) {
                String text = item.text();
                if (text != null) {
                    names.add(host(text));
                }
            }
        }
        if (names.size() > 1) {
            tls.problem("hosts are found by several names, and nothing says which their certificates have",
                    "add sni: NAME");
        }
        return names.isEmpty() ? null : Tree.text(dns.at(), names.iterator().next());
    }

    private static String host(String address) {
        int colon = address.lastIndexOf(':');
        return colon < 0 ? address : address.substring(0, colon);
    }
}
