package io.weir.app.secret;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * What files and directories looked like: of each its identity, size and the times of its last change and of that of
 * who may read it, those of what symbolic links lead to. Looking also sees what notifications miss: links that change
 * their target, as mounted secrets do, and file systems of the network. Immutable.
 *
 * @param looks
 *            by path; empty: it was not there
 */
record FileLooks(Map<String, String> looks) {
    /** File systems' clocks are behind by up to so much. */
    private static final long TICK_MILLIS = 20;

    FileLooks {
        looks = Map.copyOf(looks);
    }

    /** As they look now. Waits for the file system. */
    static FileLooks at(Collection<String> paths) {
        var looks = new HashMap<String, String>();
        paths.forEach(path -> looks.put(path, look(path)));
        return new FileLooks(looks);
    }

    /**
     * Those that have not changed since: whoever read them after that has read what they say now. What is not there is
     * among them, as it looks otherwise when it comes.
     */
    FileLooks unchangedSince(Instant since) {
        var old = new HashMap<>(looks);
        old.entrySet().removeIf(
                each -> !each.getValue().isEmpty()
                        && changed(Path.of(each.getKey())).isAfter(since.minusMillis(TICK_MILLIS)));
        return new FileLooks(old);
    }

    /** When a file was last written to, put in its place, or given to others to read. */
    private static Instant changed(Path file) {
        try {
            return ((FileTime) Files.getAttribute(file, "unix:ctime")).toInstant();
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return Instant.MAX;
        }
    }

    /** Whether one of these looks otherwise than here, or was not looked at. */
    boolean differsFrom(FileLooks earlier) {
        return looks.entrySet().stream().anyMatch(each -> !each.getValue().equals(earlier.looks.get(each.getKey())));
    }

    /** These, and where a path is not among them what the other says. */
    FileLooks or(FileLooks others) {
        var all = new HashMap<>(others.looks);
        all.putAll(looks);
        return new FileLooks(all);
    }

    private static String look(String path) {
        try {
            Path file = Path.of(path);
            BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
            return seen.fileKey() + " " + seen.size() + " " + seen.lastModifiedTime().toInstant() + " " + changed(file);
        } catch (IOException | InvalidPathException gone) {
            return ""; // whoever reads it tells
        }
    }
}
