package io.weir.net.tls;

import io.weir.core.tls.DataSource;
import io.weir.net.spiffe.BundleMap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;

/** Reads what data sources name. Waits for files: never on a worker. */
final class Secrets {
    private static final long BYTES_MAX = 16L << 20;

    private Secrets() {}

    /**
     * @param path
     *            where the source stands
     * @throws TlsFailure
     *             when it cannot be had
     */
    static byte[] bytes(DataSource source, String path) throws TlsFailure {
        return switch (source) {
            case DataSource.File(String file, String _) -> file(file, path + ".filename");
            case DataSource.Inline(String bytes) -> bytes.getBytes(StandardCharsets.ISO_8859_1);
            case DataSource.Environment(String variable) -> {
                String value = System.getenv(variable);
                if (value == null) {
                    throw new TlsFailure(path + ".environment_variable", variable, "the environment has no such"
                            + " variable", "set it before Weir starts, or use filename");
                }
                yield value.getBytes(StandardCharsets.UTF_8);
            }
        };
    }

    /** The same as text, each byte a character. */
    static String text(DataSource source, String path) throws TlsFailure {
        return new String(bytes(source, path), StandardCharsets.ISO_8859_1);
    }

    /** A password: the line without its end. */
    static String password(DataSource source, String path) throws TlsFailure {
        return new String(bytes(source, path), StandardCharsets.UTF_8).replaceFirst("\\R\\z", "");
    }

    /** Who is believed for the names of which trust domain, of a map of bundles of SPIFFE. */
    static Map<String, List<X509Certificate>> bundles(DataSource source, String path) throws TlsFailure {
        try {
            return BundleMap.read(text(source, path));
        } catch (BundleMap.Malformed e) {
            throw new TlsFailure(path, name(source), e.text(), e.cure());
        }
    }

    /** What may be told of a source. */
    static String name(DataSource source) {
        return switch (source) {
            case DataSource.File(String file, String _) -> file;
            case DataSource.Inline _ -> "inline";
            case DataSource.Environment(String variable) -> variable;
        };
    }

    private static byte[] file(String file, String path) throws TlsFailure {
        try {
            Path at = Path.of(file);
            if (Files.isDirectory(at)) {
                throw new TlsFailure(path, file, "this is a directory", "name the file in it");
            }
            if (Files.size(at) > BYTES_MAX) {
                throw new TlsFailure(path, file, "the file is too large for a certificate or key", "name another file");
            }
            return Files.readAllBytes(at);
        } catch (NoSuchFileException e) {
            throw new TlsFailure(path, file, "there is no such file", "write it, or name another; a path that does not"
                    + " begin with / is taken from where Weir was started");
        } catch (AccessDeniedException e) {
            throw new TlsFailure(path, file, "Weir may not read the file", "give the user that Weir runs as leave to");
        } catch (InvalidPathException e) {
            throw new TlsFailure(path, file, "this is no path of a file", "name a file");
        } catch (IOException e) {
            throw new TlsFailure(path, file, "the file cannot be read: " + e, "");
        }
    }
}
