package io.weir.filters.cache.store;

import io.weir.filters.cache.rules.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entries in files, one each, the least recently used given up first. A file appears under its name when it is whole,
 * and its name is a digest of its key. What an earlier Weir has left in the directory is found again. Which files there
 * are stands in memory.
 */
public final class FileStore implements CacheStore {
    private static final Logger LOG = LoggerFactory.getLogger(FileStore.class);
    private static final String PREFIX = "weir-";
    private static final String UNFINISHED = ".part";
    private static final int NAME_BYTES = 20;

    private final FileLimits limits;
    private final AtomicLong unfinished = new AtomicLong();
    private final LinkedHashMap<String, Long> sizes = new LinkedHashMap<>(64, 0.75f, true);
    private long bytes;
    private volatile boolean scanned;

    private FileStore(FileLimits limits) {
        this.limits = limits;
    }

    /** Finds what is in the directory, in the background: until that is done, what is there is not known. */
    public static FileStore open(FileLimits limits) {
        var store = new FileStore(limits);
        Thread.ofVirtual().name("cache-scan").start(store::scan);
        return store;
    }

    private void scan() {
        try {
            Files.createDirectories(limits.directory());
        } catch (IOException e) {
            LOG.warn("{} cannot be made, so nothing is kept there: {}", limits.directory(), e.toString());
            scanned = true;
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(limits.directory(), PREFIX + "*")) {
            for (Path file : files) {
                found(file);
            }
        } catch (IOException e) {
            LOG.warn("what is in {} cannot be told: {}", limits.directory(), e.toString());
        }
        scanned = true;
    }

    /** One that cannot be looked at, or is gone meanwhile, costs the others nothing. */
    private void found(Path file) {
        String name = file.getFileName().toString();
        try {
            if (!Files.isRegularFile(file)) {
                return; // not of ours
            }
            if (name.endsWith(UNFINISHED)) {
                Files.deleteIfExists(file);
            } else {
                enter(name, Files.size(file));
            }
        } catch (IOException e) {
            LOG.warn("{} is left alone: {}", file, e.toString());
        }
    }

    /** Whether all that was in the directory has been found. */
    boolean scanned() {
        return scanned;
    }

    @Override
    public boolean blocks() {
        return true;
    }

    @Override
    public long entryBytesMax() {
        return limits.entryBytesMax();
    }

    @Override
    public boolean mayHave(String key) {
        String name = name(key);
        synchronized (sizes) {
            return sizes.containsKey(name);
        }
    }

    @Override
    public @Nullable Entry find(String key) {
        String name = name(key);
        synchronized (sizes) {
            if (sizes.get(name) == null) { // which also says that it has been asked for
                return null;
            }
        }
        Path file = limits.directory().resolve(name);
        try {
            if (Files.size(file) <= limits.entryBytesMax()) {
                var entry = EntryFile.read(key, Files.readAllBytes(file));
                if (entry != null) {
                    return entry;
                }
            }
        } catch (NoSuchFileException gone) {
            LOG.debug("{} is gone", file);
        } catch (IOException e) {
            LOG.warn("{} cannot be read: {}", file, e.toString());
        }
        forget(name);
        return null;
    }

    @Override
    public void put(String key, Entry entry) {
        String name = name(key);
        Path part = limits.directory().resolve(name + "." + unfinished.incrementAndGet() + UNFINISHED);
        try {
            byte[] content = EntryFile.write(key, entry);
            if (content.length > limits.entryBytesMax()) {
                forget(name);
                return;
            }
            try {
                Files.write(part, content);
                Files.move(part, limits.directory().resolve(name), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
            enter(name, content.length);
        } catch (IOException e) {
            LOG.warn("a response cannot be kept in {}: {}", limits.directory(), e.toString());
            forget(name);
        }
    }

    private void enter(String name, long size) {
        List<String> given;
        synchronized (sizes) {
            Long before = sizes.put(name, size);
            bytes += size - (before == null ? 0 : before);
            given = evicted();
        }
        given.forEach(this::delete);
    }

    /** Takes names out of the index until there is room again. */
    private List<String> evicted() {
        if (bytes <= limits.bytesMax() && sizes.size() <= limits.entriesMax()) {
            return List.of();
        }
        double kept = 1 - limits.evictFraction();
        var given = new ArrayList<String>();
        var eldest = sizes.entrySet().iterator();
        while (eldest.hasNext() && (bytes > limits.bytesMax() * kept || sizes.size() > limits.entriesMax() * kept)) {
            var entry = eldest.next();
            bytes -= entry.getValue();
            given.add(entry.getKey());
            eldest.remove();
        }
        return given;
    }

    /** The name is forgotten at once; the file goes on a thread of its own. */
    @Override
    public void remove(String key) {
        String name = name(key);
        unlisted(name); // and the file goes even where it is not known: the index may be wrong, and what it is shall
                        // not
        Thread.ofVirtual().name("cache-remove").start(() -> delete(name));
    }

    private void forget(String name) {
        unlisted(name);
        delete(name);
    }

    private boolean unlisted(String name) {
        synchronized (sizes) {
            Long size = sizes.remove(name);
            bytes -= size == null ? 0 : size;
            return size != null;
        }
    }

    private void delete(String name) {
        try {
            Files.deleteIfExists(limits.directory().resolve(name));
        } catch (IOException e) {
            LOG.warn("{} cannot be removed: {}", name, e.toString());
        }
    }

    @Override
    public long bytes() {
        synchronized (sizes) {
            return bytes;
        }
    }

    private static String name(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return PREFIX + HexFormat.of().formatHex(digest, 0, NAME_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every JDK has it
        }
    }
}
