package io.weir.net.acme;

import io.weir.core.tls.DataSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** Reads what the configuration names. Waits for files: never on a worker. */
final class Material {
    private Material() {}

    static byte[] bytes(DataSource source) throws IOException {
        return switch (source) {
            case DataSource.File file -> Files.readAllBytes(Path.of(file.path()));
            case DataSource.Inline(String bytes) -> bytes.getBytes(StandardCharsets.ISO_8859_1);
            case DataSource.Environment(String variable) -> {
                String value = System.getenv(variable);
                if (value == null) {
                    throw new IOException("the environment has no variable " + variable);
                }
                yield value.getBytes(StandardCharsets.UTF_8);
            }
        };
    }

    /** The key of an account elsewhere, as it is handed out: in Base64 for URLs, with or without its end. */
    static byte[] macKey(DataSource source) throws IOException {
        String text = new String(bytes(source), StandardCharsets.US_ASCII).strip();
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IOException("the key of the account elsewhere (eab) is no Base64 for URLs", e);
        }
    }
}
