package io.weir.bench.side;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What is measured. */
enum Case {
    HTTP1_SMALL("HTTP/1.1 small, keep-alive", "CPU µs/request"), //
    HTTP1_10K("HTTP/1.1 10 KiB", "CPU µs/request"), //
    H2_H1("HTTP/2 to HTTP/1.1 small, h2c", "CPU µs/request"), //
    H2_H2("HTTP/2 to HTTP/2 small, h2c", "CPU µs/request"), //
    TLS_HTTP1_SMALL("HTTP/1.1 over TLS 1.3, small, keep-alive", "CPU µs/request"), //
    TLS_H2_H1("HTTP/2 over TLS 1.3 to HTTP/1.1, small", "CPU µs/request"), //
    TLS_HANDSHAKE_FULL("TLS 1.3, full handshake and one request", "CPU µs/connection"), //
    TLS_HANDSHAKE_RESUMED("TLS 1.3, resumed handshake and one request", "CPU µs/connection"), //
    TCP_SMALL("TCP small messages", "CPU µs/message"), //
    TCP_BULK("TCP bulk, haproxy as Debian configures it", "CPU s/GB"), //
    TCP_BULK_TUNED("TCP bulk, haproxy with buffers of 128 KiB", "CPU s/GB"), //
    IDLE("idle connections", "MiB resident"), //
    IDLE_TLS("idle connections over TLS 1.3", "MiB resident"), //
    STARTUP("exec to first proxied request", "ms"), //
    ALLOCATION("heap allocated, HTTP/1.1 small", "bytes/request");

    private final String title;
    private final String unit;

    Case(String title, String unit) {
        this.title = title;
        this.unit = unit;
    }

    String title() {
        return title;
    }

    String unit() {
        return unit;
    }

    /** Whether the proxies join byte streams rather than read requests. */
    Proxy.Mode mode() {
        return switch (this) {
            case TCP_SMALL, TCP_BULK, TCP_BULK_TUNED -> Proxy.Mode.TCP;
            case H2_H1 -> Proxy.Mode.HTTP2_CLIENTS;
            case H2_H2 -> Proxy.Mode.HTTP2;
            case TLS_HTTP1_SMALL, TLS_H2_H1, TLS_HANDSHAKE_FULL, TLS_HANDSHAKE_RESUMED, IDLE_TLS -> Proxy.Mode.TLS;
            case HTTP1_SMALL, HTTP1_10K, IDLE, STARTUP, ALLOCATION -> Proxy.Mode.HTTP;
        };
    }

    /** Whether h2load makes the load. */
    boolean http2() {
        return this == H2_H1 || this == H2_H2 || this == TLS_H2_H1;
    }

    static String names() {
        return Arrays.stream(values()).map(Case::option).collect(Collectors.joining(", "));
    }

    String option() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
