package io.weir.filters.compression;

import com.github.luben.zstd.Zstd;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.weir.xds.compile.ReadContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads dictionaries of zstd (RFC 8878 section 5), where they stand or from files. */
final class DictionaryReader {
    /** The longest that is taken: dictionaries are for short bodies, and are some 100 KiB. */
    private static final int BYTES_MAX = 16 * 1024 * 1024;

    private DictionaryReader() {}

    /** The bytes; null after a problem. */
    static byte @Nullable [] read(DataSource source, ReadContext at) {
        byte[] bytes = switch (source.getSpecifierCase()) {
            case INLINE_STRING -> source.getInlineString().getBytes(StandardCharsets.UTF_8);
            case INLINE_BYTES -> source.getInlineBytes().toByteArray();
            case FILENAME -> file(source.getFilename(), at);
            case ENVIRONMENT_VARIABLE -> {
                at.problem("environment_variable", source.getEnvironmentVariable(),
                        "a dictionary is made of bytes that stand in no environment", "write filename");
                yield null;
            }
            case SPECIFIER_NOT_SET -> null; // the API's rules tell
        };
        if (bytes != null && (bytes.length == 0 || bytes.length > BYTES_MAX)) {
            at.problem("", bytes.length + " bytes", "a dictionary has 1 to " + BYTES_MAX + " bytes",
                    "train one with zstd --train");
            return null;
        }
        return bytes;
    }

    /** By which a frame names its dictionary; 0 where this is plain content, which no frame names. */
    static long id(byte[] dictionary) {
        return Zstd.getDictIdFromDict(dictionary);
    }

    private static byte @Nullable [] file(String name, ReadContext at) {
        try {
            return Files.readAllBytes(Path.of(name));
        } catch (IOException | InvalidPathException e) {
            at.problem("filename", name, "the dictionary cannot be read: " + e.getMessage(),
                    "name a file that Weir's user may read");
            return null;
        }
    }
}
