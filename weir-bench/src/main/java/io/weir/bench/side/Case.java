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
    TCP_SMALL("TCP small messages", "CPU µs/message"), //
    TCP_BULK("TCP bulk, haproxy as Debian configures it", "CPU s/GB"), //
    TCP_BULK_TUNED("TCP bulk, haproxy with buffers of 128 KiB", "CPU s/GB"), //
    IDLE("idle connections", "MiB resident"), //
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
            case HTTP1_SMALL, HTTP1_10K, IDLE, STARTUP, ALLOCATION -> Proxy.Mode.HTTP;
        };
    }

    static String names() {
        return Arrays.stream(values()).map(Case::option).collect(Collectors.joining(", "));
    }

    String option() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
