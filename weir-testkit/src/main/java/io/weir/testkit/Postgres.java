package io.weir.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * PostgreSQL, a real server with a database of its own, which speaks to nobody in the clear. It does not run as root: a
 * test that does gives it the user that the package has made.
 */
public final class Postgres implements AutoCloseable {
    private static final String USER = "postgres";
    private static final long READY_MAX_NANOS = Duration.ofSeconds(60).toNanos();
    private static final long LOOK_PAUSE_NANOS = 5_000_000;

    private final PeerProcess server;
    private final int port;

    private Postgres(PeerProcess server, int port) {
        this.server = server;
        this.port = port;
    }

    /** Starts one that shows this certificate; the database {@code postgres} and the user {@code weir} are there. */
    public static Postgres start(Certificates.Issued identity) {
        String initdb = Peers.require("initdb").toString();
        Path folder = PeerProcess.folder("postgres");
        Path data = folder.resolve("data");
        int port = Ports.free();
        try {
            own(folder);
            String said = Program.run(folder,
                    asUser(List.of(initdb, "-D", data.toString(), "-U", "weir", "-A", "trust", "--no-locale", "-E",
                            "UTF8", "--no-sync")))
                    .said();
            if (!Files.exists(data.resolve("PG_VERSION"))) {
                throw new IllegalStateException("initdb: " + said);
            }
            Files.writeString(data.resolve("pg_hba.conf"), "hostssl all all 127.0.0.1/32 trust\n");
            for (String file : List.of("pem", "key")) {
                Path mine = Files.copy(file.equals("pem") ? identity.chain() : identity.key(),
                        data.resolve("server." + file), StandardCopyOption.REPLACE_EXISTING);
                own(mine);
                Files.setPosixFilePermissions(mine, PosixFilePermissions.fromString("rw-------"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        PeerProcess server = PeerProcess.start("postgres", folder, asUser(List.of(sibling("postgres"), "-D",
                data.toString(), "-p", Integer.toString(port), "-c", "listen_addresses=127.0.0.1", "-c",
                "unix_socket_directories=", "-c", "ssl=on", "-c", "ssl_cert_file=server.pem", "-c",
                "ssl_key_file=server.key", "-c", "fsync=off", "-c", "shared_buffers=8MB", "-c", "max_connections=20")),
                port);
        var postgres = new Postgres(server, port);
        try {
            postgres.awaitReady();
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
        return postgres;
    }

    public int port() {
        return port;
    }

    /** It accepts connections earlier than it serves them. */
    private void awaitReady() {
        long deadline = System.nanoTime() + READY_MAX_NANOS;
        while (!server.output().contains("ready to accept connections")) {
            if (System.nanoTime() - deadline > 0 || !server.alive()) {
                throw new IllegalStateException("postgres does not serve: " + server.output());
            }
            LockSupport.parkNanos(LOOK_PAUSE_NANOS);
        }
    }

    /**
     * What the real client of PostgreSQL prints of a statement: its rows, their columns with bars in between.
     *
     * @param connection
     *            as libpq reads it: {@code host=127.0.0.1 port=5432 sslmode=require}; user and database are given
     */
    public static String ask(String connection, String statement) {
        return Program.run(List.of(sibling("psql"), "-X", "-A", "-t", "-w", "-c", statement, "-d",
                "user=weir dbname=postgres connect_timeout=60 " + connection)).said();
    }

    /** A program of the version that makes databases: several may be installed, beside a choice among them. */
    private static String sibling(String program) {
        try {
            return Peers.require("initdb").toRealPath().resolveSibling(program).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean root() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static List<String> asUser(List<String> command) {
        if (!root()) {
            return command;
        }
        var other = new ArrayList<>(List.of(Peers.require("setpriv").toString(), "--reuid=" + USER, "--regid=" + USER,
                "--clear-groups"));
        other.addAll(command);
        return other;
    }

    private static void own(Path file) throws IOException {
        if (root()) {
            UserPrincipal user = file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER);
            Files.setOwner(file, user);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
