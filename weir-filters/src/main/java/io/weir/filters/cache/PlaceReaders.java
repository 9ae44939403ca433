package io.weir.filters.cache;

import io.envoyproxy.envoy.extensions.http.cache.file_system_http_cache.v3.FileSystemHttpCacheConfig;
import io.envoyproxy.envoy.extensions.http.cache.simple_http_cache.v3.SimpleHttpCacheConfig;
import io.weir.filters.cache.CacheSpec.Place;
import io.weir.filters.cache.store.FileLimits;
import io.weir.filters.cache.store.MemoryStore;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Read where a cache keeps its responses. */
public final class PlaceReaders {
    private static final double EVICT_FRACTION_DEFAULT = 0.1;

    private PlaceReaders() {}

    /** All of them. */
    public static List<ExtensionReader<?, ?>> all() {
        return List.of(new Memory(), new Directory());
    }

    private static final class Memory implements ExtensionReader<SimpleHttpCacheConfig, Place> {
        @Override
        public SimpleHttpCacheConfig prototype() {
            return SimpleHttpCacheConfig.getDefaultInstance();
        }

        @Override
        public Class<Place> kind() {
            return Place.class;
        }

        @Override
        public Place read(SimpleHttpCacheConfig config, ReadContext context) {
            return new Place.Memory(MemoryStore.BYTES_MAX_DEFAULT);
        }
    }

    private static final class Directory implements ExtensionReader<FileSystemHttpCacheConfig, Place> {
        @Override
        public FileSystemHttpCacheConfig prototype() {
            return FileSystemHttpCacheConfig.getDefaultInstance();
        }

        @Override
        public Class<Place> kind() {
            return Place.class;
        }

        @Override
        public @Nullable Place read(FileSystemHttpCacheConfig config, ReadContext context) {
            var directory = Path.of(config.getCachePath());
            if (!config.getCreateCachePath() && !Files.isDirectory(directory)) {
                context.problem("cache_path", directory.toString(), "there is no such directory",
                        "make it, or write create_cache_path: true");
                return null;
            }
            double fraction = config.getEvictFraction() == 0 ? EVICT_FRACTION_DEFAULT : config.getEvictFraction();
            if (!(fraction > 0 && fraction <= 1)) {
                context.problem("evict_fraction", Double.toString(fraction), "a part of all is above 0 and up to 1",
                        "write 0.1, the default");
                return null;
            }
            long bytesMax = config.hasMaxCacheSizeBytes()
                    ? positive(config.getMaxCacheSizeBytes().getValue())
                    : FileLimits.BYTES_MAX_DEFAULT;
            long entryBytesMax = config.hasMaxIndividualCacheEntrySizeBytes()
                    ? positive(config.getMaxIndividualCacheEntrySizeBytes().getValue())
                    : Math.min(bytesMax, FileLimits.ENTRY_BYTES_MAX_DEFAULT);
            if (entryBytesMax > FileLimits.ENTRY_BYTES_CEILING) {
                context.problem("max_individual_cache_entry_size_bytes", Long.toString(entryBytesMax),
                        "what comes is kept in memory until it is whole, so " + FileLimits.ENTRY_BYTES_CEILING
                                + " bytes are the most",
                        "write a smaller number");
                return null;
            }
            return new Place.Directory(new FileLimits(directory, bytesMax, entryBytesMax,
                    config.hasMaxCacheEntryCount()
                            ? positive(config.getMaxCacheEntryCount().getValue())
                            : FileLimits.ENTRIES_MAX_DEFAULT,
                    fraction));
        }

        private static long positive(long unsigned) {
            return unsigned < 0 ? Long.MAX_VALUE : unsigned;
        }
    }
}
