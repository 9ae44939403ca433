package io.weir.filters.cache.store;

import java.nio.file.Path;

/**
 * Where files are kept, and how much. Source: Envoy's {@code FileSystemHttpCacheConfig}.
 *
 * @param directory
 *            all that name it share what is there, within the bounds that were given last
 * @param bytesMax
 *            all files together
 * @param entryBytesMax
 *            one file
 * @param entriesMax
 *            how many files
 * @param evictFraction
 *            which part of the bounds is made free at once when one is reached
 */
public record FileLimits(Path directory, long bytesMax, long entryBytesMax, long entriesMax, double evictFraction) {
    /** Where nothing is said. */
    public static final long BYTES_MAX_DEFAULT = 1024L * 1024 * 1024;
    /** Where nothing is said. */
    public static final long ENTRY_BYTES_MAX_DEFAULT = 16L * 1024 * 1024;
    /** One file at most: its body stands in memory until it has come whole. */
    public static final long ENTRY_BYTES_CEILING = 256L * 1024 * 1024;
    /** Where nothing is said: the index of names stands in memory. */
    public static final long ENTRIES_MAX_DEFAULT = 100_000;
}
