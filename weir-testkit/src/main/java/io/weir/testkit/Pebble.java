package io.weir.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Pebble, a real authority that issues certificates by ACME (RFC 8555), to whom every name leads to 127.0.0.1. It
 * refuses some nonces on purpose.
 */
public final class Pebble implements AutoCloseable {
    private final Certificates certificates;
    private final int port;
    private final int managementPort;
    private final PeerProcess names;
    private final PeerProcess authority;

    private Pebble(Certificates certificates, int port, int managementPort, PeerProcess names,
            PeerProcess authority) {
        this.certificates = certificates;
        this.port = port;
        this.managementPort = managementPort;
        this.names = names;
        this.authority = authority;
    }

    /**
     * Starts one.
     *
     * @param httpPort
     *            where it looks for proofs over HTTP
     * @param tlsPort
     *            where it looks for proofs by a certificate
     * @param lifeSeconds
     *            how long its certificates hold
     */
    public static Pebble start(int httpPort, int tlsPort, long lifeSeconds) {
        String pebble = Peers.require("pebble").toString();
        String server = Peers.require("pebble-challtestsrv").toString();
        Certificates certificates = Certificates.make();
        Certificates.Issued own = certificates.issue("pebble", "DNS:localhost,IP:127.0.0.1");
        int dns = Ports.free();
        int management = Ports.free();
        PeerProcess names = PeerProcess.start("challtestsrv", PeerProcess.folder("challtestsrv"),
                List.of(server, "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-dns01", "127.0.0.1:" + dns,
                        "-http01", "", "-https01", "", "-tlsalpn01", "", "-management", "127.0.0.1:" + management),
                management, dns);
        int port = Ports.free();
        int managementPort = Ports.free();
        Path folder = PeerProcess.folder("pebble");
        try {
            Files.writeString(folder.resolve("pebble.json"), """
                    {"pebble": {"listenAddress": "127.0.0.1:%d", "managementListenAddress": "127.0.0.1:%d",
                      "certificate": "%s", "privateKey": "%s", "httpPort": %d, "tlsPort": %d,
                      "ocspResponderURL": "", "externalAccountBindingRequired": false,
                      "certificateValidityPeriod": %d}}
                    """.formatted(port, managementPort, own.chain(), own.key(), httpPort, tlsPort, lifeSeconds),
                    StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        PeerProcess authority = PeerProcess.start("pebble", folder,
                List.of("/usr/bin/env", "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=20", pebble, "-config",
                        folder.resolve("pebble.json").toString(), "-dnsserver", "127.0.0.1:" + dns, "-strict"),
                port, managementPort);
        return new Pebble(certificates, port, managementPort, names, authority);
    }

    /** Where its directory is. */
    public String directory() {
        return "https://localhost:" + port + "/dir";
    }

    /** Where its own certificate is, by which clients believe its issued ones: a root of this run alone. */
    public String root() {
        return "https://localhost:" + managementPort + "/roots/0";
    }

    /** By whom its server is believed. */
    public Path authority() {
        return certificates.authority();
    }

    /** What it has written so far. */
    public String output() {
        return authority.output();
    }

    @Override
    public void close() {
        authority.close();
        names.close();
        certificates.close();
    }
}
