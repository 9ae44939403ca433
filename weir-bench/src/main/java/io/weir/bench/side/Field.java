package io.weir.bench.side;

import io.weir.testkit.Certificates;
import io.weir.testkit.Nginx;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What stands around the proxies all the time: the backends, on the core of the load. */
final class Field implements AutoCloseable {
    private static final int LARGE_BYTES = 10 * 1024;

    private final int httpPort = Ports.free();
    private final int http2Port = Ports.free();
    private final Path files;
    private final Certificates certificates = Certificates.make();
    private final Path pem;
    private final PeerProcess nginx;
    private final BulkSource bulk = new BulkSource();

    Field(Options options) {
        files = PeerProcess.folder("bench-files");
        try {
            Files.write(files.resolve("10k"), new byte[LARGE_BYTES]);
            Certificates.Issued issued = certificates.issue("bench", "DNS:localhost,IP:127.0.0.1");
            pem = certificates.folder().resolve("both.pem");
            Files.writeString(pem, Files.readString(issued.chain()) + Files.readString(issued.key()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        nginx = Nginx.start("", """
                http {
                 access_log off;
                 default_type text/plain;
                 keepalive_timeout 30m;
                 server {
                  listen 127.0.0.1:%d backlog=4096;
                  listen 127.0.0.1:%d backlog=4096 http2;
                  keepalive_requests 100000000;
                  location = /10k { root %s; }
                  location / { return 200 "hello from the backend\\n"; }
                 }
                }
                """.formatted(httpPort, http2Port, files), options.onLoadCore(), httpPort, http2Port);
    }

    /**
     * What a proxy stands before.
     *
     * @param backend
     *            the port of 127.0.0.1
     * @param pem
     *            the certificate, of ECDSA with P-256, and the key of those that speak TLS with clients
     */
    record Ground(int backend, Path pem) {
    }

    Ground ground(Case measured) {
        return new Ground(backend(measured), pem);
    }

    private int backend(Case measured) {
        return switch (measured) {
            case TCP_BULK, TCP_BULK_TUNED -> bulk.port();
            case H2_H2 -> http2Port;
            case H2_H1, HTTP1_SMALL, HTTP1_10K, TLS_HTTP1_SMALL, TLS_H2_H1, TLS_HANDSHAKE_FULL, TLS_HANDSHAKE_RESUMED,
                    TCP_SMALL, IDLE, IDLE_TLS, STARTUP, ALLOCATION ->
                httpPort;
        };
    }

    @Override
    public void close() {
        nginx.close();
        bulk.close();
        certificates.close();
        try {
            for (Path file : List.of(files.resolve("10k"), files)) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
