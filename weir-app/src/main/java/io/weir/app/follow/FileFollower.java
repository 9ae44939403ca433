package io.weir.app.follow;

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
 * alone. Any thread.
 */
public final class FileFollower {
    /** How often {@link #changed} is meant to be called; a change is told after the second look. */
    public static final long LOOK_MILLIS = 250;

    private record Look(@Nullable Object key, FileTime time, long bytes) {
    }

    private final Path file;
    private @Nullable Look told;
    private @Nullable Look last;

    /** As the file is now it is no change. */
    public FileFollower(Path file) {
        this.file = file;
        this.told = look();
        this.last = told;
    }

    /** The file is about to be read: as it is now it is no change any more. */
    public synchronized void read() {
        told = look();
    }

    /**
     * Whether the file is another than when it was last read or this last said so, or than at the beginning. A file
     * that is gone is no change.
     */
    public synchronized boolean changed() {
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
