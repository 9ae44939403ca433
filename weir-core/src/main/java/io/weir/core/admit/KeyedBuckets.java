package io.weir.core.admit;

import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A bucket of tokens for each key that comes, such as each client's address. Keys are others' to choose, so there is a
 * bound: beyond it a bucket goes that is full again, which is as good as none, or else one that has not been asked
 * since the others were looked at (second chance, Corbató 1968), and its key begins with a full one when it comes back.
 * Looking for neither goes on for ever: of a few that all are in use the last one goes. Any thread, lock-free; a key
 * that has its bucket allocates nothing.
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

    /** What a bucket is of: some spans of bytes, one after another. One object serves many questions of one thread. */
    public static final class Key implements Comparable<Key> {
        private static final int BYTES_FIRST = 32;

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
            if (bytes.length - length < span + Integer.BYTES) {
                bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + span + Integer.BYTES));
            }
            for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                bytes[length++] = (byte) (span >>> shift);
            }
            System.arraycopy(source, from, bytes, length, span);
            length += span;
            hash = 31 * hash + span;
            for (int i = from; i < to; i++) {
                hash = 31 * hash + source[i];
            }
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
                if (size.incrementAndGet() > keysMax) {
                    letOneGo(nowNanos);
                }
                return fresh.bucket;
            }
        }
        if (!found.asked) {
            found.asked = true; // not written when it is: then no worker takes this line from the others
        }
        return found.bucket;
    }

    private void letOneGo(long nowNanos) {
        for (int looks = 1; true; looks++) {
            Kept one = order.poll();
            if (one == null) {
                return; // others are looking at what there is
            }
            boolean full = one.bucket.tokens(nowNanos) == one.bucket.tokensMax();
            if (full || !one.asked || looks == LOOKS_MAX) {
                buckets.remove(one.key);
                size.decrementAndGet();
                return;
            }
            one.asked = false;
            order.add(one);
        }
    }

    /** How many buckets there are. */
    public int size() {
        return buckets.size();
    }
}
