package io.weir.core.hash;

/** What a ring is made with: Envoy's names. */
public enum HashFunction {
    /** XXH64 with seed 0. */
    XX_HASH,
    /** MurmurHash64A with the seed of GNU's {@code std::hash}. */
    MURMUR_HASH_2;

    /** The hash of the first {@code length} bytes. */
    long of(byte[] bytes, int length) {
        return switch (this) {
            case XX_HASH -> XxHash64.of(bytes, 0, length, 0);
            case MURMUR_HASH_2 -> MurmurHash2.of(bytes, 0, length, MurmurHash2.STD_HASH_SEED);
        };
    }
}
