package io.weir.app.secret;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayDeque;
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
    /** As many links as Linux follows, path_resolution(7). */
    private static final int LINKS_MAX = 40;
    /** Its links are of no age, and nobody makes them lead elsewhere. */
    private static final Path PROCESSES = Path.of("/proc");

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
                        && reached(Path.of(each.getKey())).isAfter(since.minusMillis(TICK_MILLIS)));
        return new FileLooks(old);
    }

    /** When a path came to say what it says: a link may have been made to lead to what is older than itself. */
    private static Instant reached(Path file) {
        Instant changed = changed(file);
        Instant linked = linked(file);
        return linked.isAfter(changed) ? linked : changed;
    }

    /** When the last was made of the links by which a path leads to its file, path_resolution(7). */
    private static Instant linked(Path file) {
        Instant last = Instant.MIN;
        Path at = file.toAbsolutePath().getRoot();
        var names = new ArrayDeque<Path>();
        file.toAbsolutePath().forEach(names::add);
        try {
            for (int links = 0; !names.isEmpty() && links < LINKS_MAX;) {
                Path next = at.resolve(names.pop()).normalize();
                if (next.startsWith(PROCESSES)) {
                    break;
                }
                if (!Files.isSymbolicLink(next)) {
                    at = next;
                    continue;
                }
                Instant made = changed(next, LinkOption.NOFOLLOW_LINKS);
                last = made.isAfter(last) ? made : last;
                Path target = Files.readSymbolicLink(next);
                at = target.isAbsolute() ? target.getRoot() : at;
                for (int i = target.getNameCount() - 1; i >= 0; i--) {
                    names.push(target.getName(i));
                }
                links++;
            }
        } catch (IOException gone) {
            return Instant.MAX;
        }
        return last;
    }

    /** When a file was last written to, put in its place, or given to others to read. */
    private static Instant changed(Path file, LinkOption... links) {
        try {
            return ((FileTime) Files.getAttribute(file, "unix:ctime", links)).toInstant();
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
