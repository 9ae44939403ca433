package io.weir.bench.side;

import io.weir.testkit.Haproxy;
import io.weir.testkit.Nginx;
import io.weir.testkit.PeerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One proxy in front of one backend, tuned as its users would, one thread, pinned to the proxy core. */
sealed interface Proxy {
    /** What the proxy reads, and what the backend speaks. */
    enum Mode {
        /** HTTP/1.1 on both sides. */
        HTTP,
        /** Clients with prior knowledge of HTTP/2, a backend of HTTP/1.1. */
        HTTP2_CLIENTS,
        /** Prior knowledge of HTTP/2 on both sides. */
        HTTP2,
        /** Clients with TLS 1.3 and HTTP/2 or HTTP/1.1 by ALPN, a backend of HTTP/1.1. */
        TLS,
        /** Bytes. */
        TCP;

        boolean http2Clients() {
            return this == HTTP2_CLIENTS || this == HTTP2;
        }
    }

    String name();

    /** Why this proxy cannot take part, or empty. */
    default Optional<String> missing(Mode mode) {
        return Optional.empty();
    }

    /** Starts it; {@code awaited} is the front port to wait for, or nothing. */
    PeerProcess start(Mode mode, int front, Field.Ground ground, Options options, int... awaited);

    /** haproxy: nbthread 1, keep-alive on both sides. */
    record HaproxyPeer(String name, String tuning) implements Proxy {
        @Override
        public PeerProcess start(Mode mode, int front, Field.Ground ground, Options options, int... awaited) {
            return Haproxy.start("""
                    global
                      nbthread 1
                      maxconn 9900
                    %s
                    defaults
                      mode %s
                      %s
                      timeout connect 5s
                      timeout client 10m
                      timeout server 10m
                    listen front
                      bind 127.0.0.1:%d %s
                      server backend 127.0.0.1:%d %s
                    """.formatted(tuning, mode == Mode.TCP ? "tcp" : "http",
                    mode == Mode.TCP ? "" : "option http-keep-alive", front, bind(mode, ground), ground.backend(),
                    mode == Mode.HTTP2 ? "proto h2" : ""), options.onProxyCore(), awaited);
        }

        private static String bind(Mode mode, Field.Ground ground) {
            if (mode == Mode.TLS) {
                return "ssl crt %s alpn h2,http/1.1 ssl-min-ver TLSv1.3 curves %s ciphersuites %s"
                        .formatted(ground.pem(), GROUP, CIPHER);
            }
            return mode.http2Clients() ? "proto h2" : "";
        }
    }

    /**
     * Which key exchange all proxies speak, so that the same work is compared: what Weir agrees on with these loads.
     */
    String GROUP = "X25519";
    /** Which cipher: what clients with OpenSSL, wrk and h2load, like best, and Weir leaves to them. */
    String CIPHER = "TLS_AES_256_GCM_SHA384";

    /** nginx: one worker, keep-alive upstream. */
    record NginxPeer(String name) implements Proxy {
        private static final List<Path> STREAM_MODULES = List.of(Path.of("/usr/lib/nginx/modules/ngx_stream_module.so"),
                Path.of("/usr/lib64/nginx/modules/ngx_stream_module.so"));

        @Override
        public Optional<String> missing(Mode mode) {
            return switch (mode) {
                case HTTP, HTTP2_CLIENTS, TLS -> Optional.empty();
                case HTTP2 -> Optional.of("nginx speaks no HTTP/2 with backends, gRPC aside");
                case TCP -> streamModule().isPresent()
                        ? Optional.empty()
                        : Optional.of("nginx has no stream module here (Debian: apt-get install libnginx-mod-stream)");
            };
        }

        private static String tls(Field.Ground ground) {
            return """
                    ssl_certificate %1$s;
                      ssl_certificate_key %1$s;
                      ssl_protocols TLSv1.3;
                      ssl_ecdh_curve %2$s;
                      ssl_conf_command Ciphersuites %3$s;
                    """.formatted(ground.pem(), GROUP, CIPHER).strip();
        }

        private static Optional<Path> streamModule() {
            return STREAM_MODULES.stream().filter(Files::exists).findFirst();
        }

        @Override
        public PeerProcess start(Mode mode, int front, Field.Ground ground, Options options, int... awaited) {
            String text = switch (mode) {
                case HTTP, HTTP2_CLIENTS, HTTP2,
                        TLS ->
                    """
                            http {
                             access_log off;
                             keepalive_timeout 10m;
                             upstream backend { server 127.0.0.1:%d; keepalive 128; keepalive_requests 100000000; }
                             server {
                              listen 127.0.0.1:%d %s;
                              %s
                              keepalive_requests 100000000;
                              location / {
                               proxy_pass http://backend;
                               proxy_http_version 1.1;
                               proxy_set_header Connection "";
                              }
                             }
                            }
                            """.formatted(ground.backend(), front,
                            mode == Mode.TLS ? "ssl http2" : mode.http2Clients() ? "http2" : "",
                            mode == Mode.TLS ? tls(ground) : "");
                case TCP -> """
                        stream {
                         server { listen 127.0.0.1:%d; proxy_pass 127.0.0.1:%d; }
                        }
                        """.formatted(front, ground.backend());
            };
            String module = mode == Mode.TCP ? streamModule().map(so -> "load_module " + so + ";\n").orElse("") : "";
            return Nginx.start(module, text, options.onProxyCore(), awaited);
        }
    }

    /** Weir by its launcher, one worker, every default on. */
    record WeirPeer(String name, Path launcher) implements Proxy {
        @Override
        public Optional<String> missing(Mode mode) {
            return Files.isExecutable(launcher) ? Optional.empty() : Optional.of("no launcher at " + launcher);
        }

        @Override
        public PeerProcess start(Mode mode, int front, Field.Ground ground, Options options, int... awaited) {
            Path folder = PeerProcess.folder("weir");
            Path file = folder.resolve("bench.yaml");
            String listener = switch (mode) {
                case HTTP, HTTP2_CLIENTS, HTTP2, TLS ->
                    "  - { on: 127.0.0.1:%d, routes: [ { path: /, to: backend } ]"
                            + (mode == Mode.TLS
                                    ? ", tls: { cert: \"" + ground.pem() + "\", key: \"" + ground.pem() + "\" } }"
                                    : " }");
                case TCP -> "  - { on: 127.0.0.1:%d, protocol: tcp, to: backend }";
            };
            String text = ("listen:\n" + listener + "\nservices:\n  backend: { at: [ 127.0.0.1:%d ]%s }\n")
                    .formatted(front, ground.backend(), mode == Mode.HTTP2 ? ", protocol: http2" : "");
            try {
                Files.writeString(file, text, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            List<String> command = new ArrayList<>(options.onProxyCore());
            Stream.of(launcher.toString(), "run", file.toString(), "--concurrency", "1").forEach(command::add);
            return PeerProcess.start(name, folder, command, awaited);
        }
    }
}
