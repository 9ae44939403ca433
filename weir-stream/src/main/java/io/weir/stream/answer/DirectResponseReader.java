package io.weir.stream.answer;

import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.filters.network.direct_response.v3.Config;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads the network filter that always answers the same. */
public final class DirectResponseReader implements ExtensionReader<Config, AnswerSpec.Direct> {
    /** Bound of an answer, which is kept in memory. */
    private static final long BYTES_MAX = 1024 * 1024;

    @Override
    public Config prototype() {
        return Config.getDefaultInstance();
    }

    @Override
    public Class<AnswerSpec.Direct> kind() {
        return AnswerSpec.Direct.class;
    }

    @Override
    public AnswerSpec.@Nullable Direct read(Config config, ReadContext context) {
        DataSource source = config.getResponse();
        byte[] bytes = switch (source.getSpecifierCase()) {
            case INLINE_STRING -> source.getInlineString().getBytes(StandardCharsets.UTF_8);
            case INLINE_BYTES -> source.getInlineBytes().toByteArray();
            case FILENAME -> file(source.getFilename(), context);
            case ENVIRONMENT_VARIABLE -> variable(source.getEnvironmentVariable(), context);
            case SPECIFIER_NOT_SET -> new byte[0];
        };
        if (bytes != null && bytes.length > BYTES_MAX) {
            context.problem("response", bytes.length + " bytes", "the answer may have " + BYTES_MAX + " bytes",
                    "give a shorter one");
            return null;
        }
        return bytes == null ? null : new AnswerSpec.Direct(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    private static byte @Nullable [] variable(String name, ReadContext context) {
        String value = System.getenv(name);
        if (value == null) {
            context.problem("response.environment_variable", name, "the environment has no such variable", "set it");
            return null;
        }
        return value.getBytes(StandardCharsets.UTF_8);
    }

    private static byte @Nullable [] file(String name, ReadContext context) {
        try {
            Path path = Path.of(name);
            if (Files.size(path) > BYTES_MAX) {
                context.problem("response.filename", name, "the answer may have " + BYTES_MAX + " bytes",
                        "name a shorter file");
                return null;
            }
            return Files.readAllBytes(path);
        } catch (IOException | InvalidPathException e) {
            context.problem("response.filename", name, "the file cannot be read: " + e.getMessage(),
                    "name a file that Weir may read");
            return null;
        }
    }
}
