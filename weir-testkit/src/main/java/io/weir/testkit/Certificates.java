package io.weir.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * An authority of a test's own and the certificates that it issues, made by the real openssl in a folder that goes with
 * {@link #close}.
 */
public final class Certificates implements AutoCloseable {
    private final Path folder;
    private final String openssl;
    private final String authority;

    /**
     * A certificate.
     *
     * @param chain
     *            in PEM
     * @param key
     *            in PEM, by PKCS#8
     */
    public record Issued(Path chain, Path key) {
    }

    private Certificates(Path folder, String openssl, String authority) {
        this.folder = folder;
        this.openssl = openssl;
        this.authority = authority;
    }

    /** A new authority; skipped where there is no openssl. */
    public static Certificates make() {
        Certificates made = new Certificates(PeerProcess.folder("certificates"),
                Peers.require("openssl").toString(), "authority");
        made.root("authority");
        return made;
    }

    /** Another authority in the same folder, by the same name, whom nobody believes who believes the first. */
    public Certificates stranger() {
        root("stranger");
        return new Certificates(folder, openssl, "stranger");
    }

    private void root(String name) {
        run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
                "/CN=authority", "-keyout", name + ".key", "-out", name + ".pem", "-addext",
                "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign");
    }

    /** Where all files are. */
    public Path folder() {
        return folder;
    }

    /** The authority's own certificate. */
    public Path authority() {
        return folder.resolve(authority + ".pem");
    }

    /**
     * A certificate with a key of ECDSA that holds for 20 days.
     *
     * @param name
     *            of its files and its subject
     * @param names
     *            its other names, as openssl writes them: {@code DNS:shop.example,URI:spiffe://a/b}
     */
    public Issued issue(String name, String names) {
        return issue(name, names, List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"));
    }

    /** The same with a key of RSA. */
    public Issued issueRsa(String name, String names) {
        return issue(name, names, List.of("-newkey", "rsa:2048"));
    }

    /**
     * The same by more words of {@code openssl req}: the key, days, extensions.
     */
    public Issued issue(String name, String names, List<String> words) {
        var command = new ArrayList<>(List.of("req", "-x509", "-nodes", "-CA", authority + ".pem", "-CAkey",
                authority + ".key", "-subj", "/O=Weir/CN=" + name, "-keyout", name + ".key", "-out", name + ".pem",
                "-addext", "subjectAltName=" + names, "-addext", "basicConstraints=critical,CA:FALSE"));
        if (!words.contains("-days")) {
            command.addAll(List.of("-days", "20"));
        }
        command.addAll(words);
        run(command.toArray(String[]::new));
        return new Issued(folder.resolve(name + ".pem"), folder.resolve(name + ".key"));
    }

    /**
     * Runs openssl in the folder.
     *
     * @return what it wrote
     * @throws IllegalStateException
     *             with that, when it fails
     */
    public String run(String... words) {
        var command = new ArrayList<>(List.of(openssl));
        command.addAll(List.of(words));
        Program.End end = Program.run(folder, command);
        if (end.exit() != 0) {
            throw new IllegalStateException(String.join(" ", command) + "\n" + end.said());
        }
        return end.said();
    }

    @Override
    public void close() {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
