package io.weir.app.dist;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the source tree is that the tests run in. */
public final class SourceTree {
    private SourceTree() {}

    /** The folder that holds the launcher. */
    public static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.isRegularFile(at.resolve("weir")) || !Files.isDirectory(at.resolve("dist"))) {
            Path parent = at.getParent();
            if (parent == null) {
                throw new IllegalStateException("not in a source tree: " + Path.of("").toAbsolutePath());
            }
            at = parent;
        }
        return at;
    }
}
