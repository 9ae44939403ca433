package io.weir.app.boot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a file has changed, by looking at its identity, time and size. Looking, four times a second, also sees
 * what notifications of a folder miss: symbolic links that change their target, as mounted configuration maps do, and
 * file systems of the network. A change counts when the file looked the same twice, so that one being written is left
 * alone.
 */
final class FileFollower {
    /** How often {@link #changed} is meant to be called; a change is told after the second look. */
    static final long LOOK_MILLIS = 250;

    private record Look(@Nullable Object key, FileTime time, long bytes) {
    }

    private final Path file;
    private @Nullable Look told;
    private @Nullable Look last;

    FileFollower(Path file) {
        this.file = file;
        this.told = look();
        this.last = told;
    }

    /**
     * Whether the file is another than when this last said so, or than at the beginning. A file that is gone is no
     * change.
     */
    boolean changed() {
        Look now = look();
        boolean settled = now != null && now.equals(last);
        last = now;
        if (now != null && settled && !now.equals(told)) {
            told = now;
            return true;
        }
        return false;
    }

    private @Nullable Look look() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Look(attributes.fileKey(), attributes.lastModifiedTime(), attributes.size());
        } catch (IOException e) {
            return null;
        }
    }
}
