package io.weir.filters.cache.store;

import io.weir.filters.cache.rules.Content;
import io.weir.filters.cache.rules.Entry;
import io.weir.filters.cache.rules.StoreKey;
import io.weir.filters.cache.rules.StoredResponse;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entries in files, one each, the least recently used given up first. A file appears under its name when it is whole,
 * and its name is a digest of its URI and one of its key. What an earlier Weir has left in the directory is found
 * again. Which files there are stands in memory, once for each directory, however many places of a configuration name
 * it.
 */
public final class FileStore implements CacheStore {
    private static final Logger LOG = LoggerFactory.getLogger(FileStore.class);
    private static final String PREFIX = "weir-";
    private static final String UNFINISHED = ".part";
    private static final int URI_BYTES = 8;
    private static final int KEY_BYTES = 20;
    /** URI and key. */
    private static final Pattern NAME = Pattern.compile(PREFIX + "[0-9a-f]{16}-[0-9a-f]{40}");
    /** What earlier versions have written, which nothing leads to any more. */
    private static final Pattern OLD_NAME = Pattern.compile(PREFIX + "[0-9a-f]{40}");
    /** URIs that are forgotten while the directory is looked through; beyond that, all that is there is forgotten. */
    private static final int FORGOTTEN_MAX = 10_000;

    /** Two indexes of one directory would each give up what the other counts on. Guarded by itself. */
    private static final Map<Path, WeakReference<FileStore>> OPEN = new HashMap<>();

    private final Path directory;
    private final Changes changes = new Changes();
    private final AtomicLong unfinished = new AtomicLong();
    private final LinkedHashMap<String, Long> sizes = new LinkedHashMap<>(64, 0.75f, true);
    /** The same names in their order, so that those of one URI stand together. */
    private final TreeSet<String> names = new TreeSet<>();
    /** URIs' parts of names that have been forgotten before the directory was known. */
    private final Set<String> forgotten = new HashSet<>();
    private long bytes;
    private volatile FileLimits limits;
    private volatile boolean scanned;

    private FileStore(FileLimits limits) {
        this.limits = limits;
        this.directory = limits.directory();
    }

    /**
     * The store of a directory: one that is in use already, for which the new bounds hold from now on, or a new one.
     */
    public static FileStore open(FileLimits limits) {
        var place = limits.directory().toAbsolutePath().normalize();
        synchronized (OPEN) {
            OPEN.values().removeIf(open -> open.get() == null);
            var known = OPEN.get(place);
            var store = known == null ? null : known.get();
            if (store == null) {
                store = alone(limits);
                OPEN.put(place, new WeakReference<>(store));
            } else {
                store.limits = limits;
            }
            return store;
        }
    }

    /** Finds what is in the directory, in the background: until that is done, what is there is not known. */
    static FileStore alone(FileLimits limits) {
        var store = new FileStore(limits);
        Thread.ofVirtual().name("cache-scan").start(store::scan);
        return store;
    }

    private void scan() {
        try {
            Files.createDirectories(directory);
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PREFIX + "*")) {
                for (Path file : files) {
                    found(file);
                }
            }
        } catch (IOException e) {
            LOG.warn("what is in {} cannot be told: {}", directory, e.toString());
        }
        synchronized (sizes) {
            scanned = true;
            forgotten.clear();
        }
    }

    /** One that cannot be looked at, or is gone meanwhile, costs the others nothing. */
    private void found(Path file) {
        String name = file.getFileName().toString();
        try {
            if (!Files.isRegularFile(file)) {
                return; // not of ours
            }
            if (name.endsWith(UNFINISHED) || OLD_NAME.matcher(name).matches() || isForgotten(name)) {
                Files.deleteIfExists(file);
            } else if (NAME.matcher(name).matches()) {
                enter(name, Files.size(file));
            }
        } catch (IOException e) {
            LOG.warn("{} is left alone: {}", file, e.toString());
        }
    }

    private boolean isForgotten(String name) {
        synchronized (sizes) {
            return forgotten.size() >= FORGOTTEN_MAX
                    || (NAME.matcher(name).matches() && forgotten.contains(uriPart(name)));
        }
    }

    private static String uriPart(String name) {
        return name.substring(0, PREFIX.length() + 2 * URI_BYTES + 1);
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
    public boolean mayHave(StoreKey key) {
        String name = name(key);
        synchronized (sizes) {
            return sizes.containsKey(name);
        }
    }

    @Override
    public @Nullable Entry find(StoreKey key) {
        String name = name(key);
        synchronized (sizes) {
            if (sizes.get(name) == null) { // which also says that it has been asked for
                return null;
            }
        }
        Path file = directory.resolve(name);
        try {
            var entry = read(key.text(), file);
            if (entry != null) {
                return entry;
            }
        } catch (NoSuchFileException gone) {
            LOG.debug("{} is gone", file);
        } catch (IOException e) {
            LOG.warn("{} cannot be read: {}", file, e.toString());
        }
        forget(name);
        return null;
    }

    /** A content that is in the file keeps it open. */
    @SuppressWarnings("MustBeClosedChecker")
    private static @Nullable Entry read(String key, Path file) throws IOException {
        var channel = FileChannel.open(file, StandardOpenOption.READ);
        Entry entry = null;
        try {
            entry = EntryFile.read(key, channel);
        } finally {
            if (!(entry instanceof StoredResponse response && response.content() instanceof Content.Filed)) {
                channel.close();
            }
        }
        return entry;
    }

    @Override
    public void put(StoreKey key, Entry entry) {
        String name = name(key);
        Path part = directory.resolve(name + "." + unfinished.incrementAndGet() + UNFINISHED);
        try {
            var head = EntryFile.head(key.text(), entry);
            Content content = entry instanceof StoredResponse response ? response.content() : null;
            long size = head.remaining() + (long) (content == null ? 0 : content.length());
            if (size > limits.entryBytesMax()) {
                forget(name);
                return;
            }
            try {
                write(part, head, content);
                Files.move(part, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
            enter(name, size);
        } catch (IOException e) {
            LOG.warn("a response cannot be kept in {}: {}", directory, e.toString());
            forget(name);
        }
    }

    private static void write(Path part, ByteBuffer head, @Nullable Content content) throws IOException {
        try (var out = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            all(out, head);
            switch (content) {
                case null -> {
                    // a head is all there is
                }
                case Content.Bytes(byte[] whole) -> all(out, ByteBuffer.wrap(whole));
                case Content.Filed filed -> {
                    for (int at = 0, piece = 0; at < filed.length(); at += Content.PIECE_BYTES, piece++) {
                        all(out, ByteBuffer.wrap(filed.piece(piece)));
                    }
                }
            }
        }
    }

    private static void all(FileChannel out, ByteBuffer what) throws IOException {
        while (what.hasRemaining()) {
            out.write(what);
        }
    }

    private void enter(String name, long size) {
        List<String> given;
        synchronized (sizes) {
            Long before = sizes.put(name, size);
            names.add(name);
            bytes += size - (before == null ? 0 : before);
            given = evicted();
        }
        given.forEach(this::delete);
    }

    /** Takes names out of the index until there is room again. */
    private List<String> evicted() {
        var now = limits;
        if (bytes <= now.bytesMax() && sizes.size() <= now.entriesMax()) {
            return List.of();
        }
        double kept = 1 - now.evictFraction();
        var given = new ArrayList<String>();
        var eldest = sizes.entrySet().iterator();
        while (eldest.hasNext() && (bytes > now.bytesMax() * kept || sizes.size() > now.entriesMax() * kept)) {
            var entry = eldest.next();
            bytes -= entry.getValue();
            given.add(entry.getKey());
            names.remove(entry.getKey());
            eldest.remove();
        }
        return given;
    }

    /**
     * The name is forgotten at once; the file goes on a thread of its own, and does so even where it is not known: the
     * index may be wrong, and what it is shall not.
     */
    @Override
    public boolean remove(StoreKey key) {
        changes.changed(key.uri());
        String name = name(key);
        boolean known = unlisted(name);
        Thread.ofVirtual().name("cache-remove").start(() -> delete(name));
        return known;
    }

    @Override
    public int removeAll(String uri) {
        changes.changed(uri);
        String part = PREFIX + digest(uri, URI_BYTES) + "-";
        List<String> gone;
        synchronized (sizes) {
            if (!scanned && forgotten.size() < FORGOTTEN_MAX) {
                forgotten.add(part);
            }
            gone = List.copyOf(names.subSet(part, part + Character.MAX_VALUE));
            gone.forEach(this::unlisted);
        }
        if (!gone.isEmpty()) {
            Thread.ofVirtual().name("cache-remove").start(() -> gone.forEach(this::delete));
        }
        return gone.size();
    }

    @Override
    public long version(String uri) {
        return changes.of(uri);
    }

    private void forget(String name) {
        unlisted(name);
        delete(name);
    }

    private boolean unlisted(String name) {
        synchronized (sizes) {
            Long size = sizes.remove(name);
            names.remove(name);
            bytes -= size == null ? 0 : size;
            return size != null;
        }
    }

    private void delete(String name) {
        try {
            Files.deleteIfExists(directory.resolve(name));
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

    private static String name(StoreKey key) {
        return PREFIX + digest(key.uri(), URI_BYTES) + "-" + digest(key.text(), KEY_BYTES);
    }

    private static String digest(String text, int bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every JDK has it
        }
    }
}
