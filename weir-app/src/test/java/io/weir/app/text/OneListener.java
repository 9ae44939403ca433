package io.weir.app.text;

import io.weir.testkit.Certificates.Issued;
import java.nio.file.Path;

/** Texts of a bootstrap with one listener of one filter chain on a free port, and of what such a chain has. */
public final class OneListener {
    /** The filter that says hello and closes. */
    public static final String HELLO = """
            - name: hello
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config
                response: { inline_string: hello }
            """;

    private OneListener() {}

    /**
     * The bootstrap.
     *
     * @param more
     *            of the listener
     * @param filters
     *            of its chain
     * @param socket
     *            of its chain: {@link #tls}, or nothing
     */
    public static String text(String more, String filters, String socket) {
        return """
                static_resources:
                  listeners:
                  - name: in
                    address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                %s
                    filter_chains:
                    - filters:
                %s
                %s
                """.formatted(more.indent(4), filters.indent(6), socket.indent(6));
    }

    /** The same with clusters, which are items of a list. */
    public static String text(String more, String filters, String socket, String clusters) {
        return text(more, filters, socket) + "  clusters:\n" + clusters.indent(2);
    }

    /** A network filter by its type, without what all types begin with. */
    public static String filter(String type, String config) {
        return """
                - name: filter
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.filters.network.%s
                %s
                """.formatted(type, config.indent(4));
    }

    /**
     * The connection manager.
     *
     * @param filters
     *            before the router, as items of a list
     * @param host
     *            what the virtual host for all names has: its routes at least
     */
    public static String http(String filters, String host) {
        return filter("http_connection_manager.v3.HttpConnectionManager", """
                stat_prefix: in
                http_filters:
                %s
                - name: router
                  typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                route_config:
                  virtual_hosts:
                  - name: all
                    domains: [ "*" ]
                %s
                """.formatted(filters, host.indent(4)));
    }

    /** The listener's own log, into a file. */
    public static String log(Path file, String format) {
        return """
                access_log:
                - name: file
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                    path: "%s"
                    log_format: { text_format_source: { inline_string: "%s\\n" } }
                """.formatted(file, format);
    }

    /**
     * TLS with this certificate.
     *
     * @param more
     *            of the context
     * @param common
     *            of what it has in common with a client's
     */
    public static String tls(Issued issued, String more, String common) {
        return """
                transport_socket:
                  name: tls
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                %s
                    common_tls_context:
                      tls_certificates:
                      - { certificate_chain: { filename: "%s" }, private_key: { filename: "%s" } }
                %s
                """.formatted(more.indent(4), issued.chain(), issued.key(), common.indent(6));
    }

    /** The same, and clients may show a certificate of this authority. */
    public static String tls(Issued issued, Path authority) {
        return tls(issued, "", "validation_context: { trusted_ca: { filename: \"" + authority + "\" } }");
    }
}
