package io.weir.app.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The project's files, as they stand in the folder above the modules. */
final class Project {
    private static final Set<String> NOT_OURS = Set.of("target", ".git", ".weir", ".idea", ".cifuzz-corpus",
            "node_modules");
    private static final Set<String> TEXT_ENDINGS = Set.of("java", "xml", "md", "yaml", "yml", "json", "sh", "txt",
            "properties", "service", "cfg", "conf", "1", "");
    private static final long TEXT_BYTES_MAX = 1 << 20;

    private final Path root;

    Project() {
        this.root = root();
    }

    /** The nearest folder above the working folder that holds a parent pom and the core. */
    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve("weir-core")) || !Files.exists(folder.resolve("pom.xml"))) {
            Path parent = folder.getParent();
            if (parent == null) {
                throw new IllegalStateException("not inside the project: " + Path.of("").toAbsolutePath());
            }
            folder = parent;
        }
        return folder;
    }

    Path path(String relative) {
        return root.resolve(relative);
    }

    /** How a message names a file: relative to the root. */
    String name(Path file) {
        return root.relativize(file).toString();
    }

    /** Every source folder: {@code weir-x/src/main/java} and its like. */
    List<Path> sourceFolders() {
        try (Stream<Path> modules = Files.list(root)) {
            return modules.filter(folder -> name(folder).startsWith("weir-"))
                    .flatMap(folder -> Stream.of("main", "test", "fuzz").map(kind -> folder.resolve("src/" + kind)))
                    .map(folder -> folder.resolve("java")).filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Path> javaFiles() {
        return sourceFolders().stream().flatMap(folder -> below(folder).stream())
                .filter(file -> file.toString().endsWith(".java")).toList();
    }

    /** Every text file of the project. */
    List<Path> textFiles() {
        return below(root).stream().filter(Project::text).toList();
    }

    private static boolean text(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return TEXT_ENDINGS.contains(dot < 0 ? "" : name.substring(dot + 1)) && file.toFile().length() < TEXT_BYTES_MAX;
    }

    static List<String> lines(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> below(Path folder) {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path inner, BasicFileAttributes attributes) {
                    return NOT_OURS.contains(String.valueOf(inner.getFileName()))
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile()) {
                        files.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        files.sort(null);
        return files;
    }
}
