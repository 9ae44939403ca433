package io.weir.core.admit;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A bucket of tokens for each key that comes, such as each client's address. Keys are others' to choose, so there is a
 * bound: beyond it a bucket goes that is full again, which is as good as none, or else one that has not been asked
 * since the others were looked at (second chance, Corbató 1968), and its key begins with a full one when it comes back.
 * Looking for neither goes on for ever: of a few that all are in use the last one goes. Of a long span a key keeps the
 * SHA-256 alone, so that nobody fills the memory with long ones. Any thread, lock-free; a key that has its bucket
 * allocates nothing.
 */
public final class KeyedBuckets {
    /** How many are looked at to let one go. */
    private static final int LOOKS_MAX = 8;

    private final TokenBucket.Rule rule;
    private final int keysMax;
    private final ConcurrentMap<Key, Kept> buckets = new ConcurrentHashMap<>();
    /** In the order in which they will be looked at. */
    private final Queue<Kept> order = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();

    private static final class Kept {
        final Key key;
        final TokenBucket bucket;
        /** Again, since it was made or last looked at. */
        volatile boolean asked;

        Kept(Key key, TokenBucket bucket) {
            this.key = key;
            this.bucket = bucket;
        }
    }

    /**
     * What a bucket is of: some spans of bytes, one after another. One object serves many questions of one thread.
     *
     * <p>
     * A span of more than {@link #SPAN_MAX} bytes is kept as its length and its SHA-256. That is safe with keys which
     * others choose: two values with one SHA-256 have never been found, so that nobody can make a value which is taken
     * for another's and use up, or share, the bucket of that one. A faster hash without a secret would allow just that.
     */
    public static final class Key implements Comparable<Key> {
        /** Longer spans are kept as their digest: names, addresses and most tokens are shorter. */
        static final int SPAN_MAX = 64;
        private static final int BYTES_FIRST = 32;
        private static final int DIGEST_BYTES = 32;
        /** Marks the length of a span that is kept as its digest, so that it never looks like one kept whole. */
        private static final int DIGESTED = 1 << 31;

        /** Null until there is a long span. */
        private @Nullable MessageDigest digest;
        private byte[] bytes;
        private int length;
        private int hash;

        /** The key of nothing. */
        public Key() {
            this(new byte[BYTES_FIRST], 0);
        }

        private Key(byte[] bytes, int length) {
            this.bytes = bytes;
            this.length = length;
        }

        /** Back to the key of nothing. */
        public void clear() {
            length = 0;
            hash = 0;
        }

        /** Adds a span; its length is a part of the key, so that no two lists of spans look alike. */
        public void add(byte[] source, int from, int to) {
            int span = to - from;
            boolean whole = span <= SPAN_MAX;
            int kept = whole ? span : DIGEST_BYTES;
            if (bytes.length - length < kept + Integer.BYTES) {
                bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + kept + Integer.BYTES));
            }
            int begin = length;
            int head = whole ? span : span | DIGESTED;
            for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                bytes[length++] = (byte) (head >>> shift);
            }
            if (whole) {
                System.arraycopy(source, from, bytes, length, span);
            } else {
                digest(source, from, span);
            }
            length += kept;
            for (int i = begin; i < length; i++) {
                hash = 31 * hash + bytes[i];
            }
        }

        private void digest(byte[] source, int from, int span) {
            try {
                MessageDigest sha = digest;
                if (sha == null) {
                    sha = MessageDigest.getInstance("SHA-256");
                    digest = sha;
                }
                sha.update(source, from, span);
                sha.digest(bytes, length, DIGEST_BYTES);
            } catch (NoSuchAlgorithmException | DigestException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }

        /** How many bytes of memory its spans take. */
        int bytesKept() {
            return bytes.length;
        }

        private Key copy() {
            var copy = new Key(Arrays.copyOf(bytes, length), length);
            copy.hash = hash;
            return copy;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && hash == key.hash
                    && Arrays.equals(bytes, 0, length, key.bytes, 0, key.length);
        }

        /** Makes a map's long chain a tree: who chooses keys may choose them with one hash. */
        @Override
        public int compareTo(Key other) {
            return Arrays.compareUnsigned(bytes, 0, length, other.bytes, 0, other.length);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /**
     * No bucket yet.
     *
     * @param rule
     *            of each of them
     * @param keysMax
     *            how many are kept, at least 1
     */
    public KeyedBuckets(TokenBucket.Rule rule, int keysMax) {
        if (keysMax < 1) {
            throw new IllegalArgumentException("no buckets: " + keysMax);
        }
        this.rule = rule;
        this.keysMax = keysMax;
    }

    /** The bucket of a key; full where there was none. */
    public TokenBucket of(Key key, long nowNanos) {
        Kept found = buckets.get(key);
        if (found == null) {
            Kept fresh = new Kept(key.copy(), new TokenBucket(rule, nowNanos));
            found = buckets.putIfAbsent(fresh.key, fresh);
            if (found == null) {
                order.add(fresh);
                size.incrementAndGet();
                keepTheBound(nowNanos);
                return fresh.bucket;
            }
        }
        if (!found.asked) {
            found.asked = true; // not written when it is: then no worker takes this line from the others
        }
        return found.bucket;
    }

    /** Each that is too many is let go by whoever has counted it away first, so that none goes without need. */
    private void keepTheBound(long nowNanos) {
        for (int now = size.get(); now > keysMax; now = size.get()) {
            if (size.compareAndSet(now, now - 1) && !letOneGo(nowNanos)) {
                size.incrementAndGet(); // others are looking at what there is: whoever comes next tries again
                return;
            }
        }
    }

    /** Whether there was one. */
    private boolean letOneGo(long nowNanos) {
        for (int looks = 1; true; looks++) {
            Kept one = order.poll();
            if (one == null) {
                return false;
            }
            boolean full = one.bucket.tokens(nowNanos) == one.bucket.tokensMax();
            if (full || !one.asked || looks == LOOKS_MAX) {
                buckets.remove(one.key);
                return true;
            }
            one.asked = false;
            order.add(one);
        }
    }

    /** How many bytes of memory the keys take. */
    long bytesKept() {
        return buckets.keySet().stream().mapToLong(Key::bytesKept).sum();
    }

    /** How many buckets there are. */
    public int size() {
        return buckets.size();
    }
}
