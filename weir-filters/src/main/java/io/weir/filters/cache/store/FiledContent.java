package io.weir.filters.cache.store;

import io.weir.filters.cache.rules.Content;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A body in a file that is open: it stays as it is even where the file is given up or another takes its name. Whoever
 * has it from {@link FileStore#find} gives it back. Any thread.
 */
final class FiledContent implements Content.Filed {
    private static final Logger LOG = LoggerFactory.getLogger(FiledContent.class);

    private final FileChannel file;
    private final long at;
    private final int length;
    private final int[] sums;
    private final AtomicInteger users = new AtomicInteger(1);

    /**
     * @param at
     *            where the body begins
     * @param sums
     *            a checksum of each piece
     */
    FiledContent(FileChannel file, long at, int length, int[] sums) {
        this.file = file;
        this.at = at;
        this.length = length;
        this.sums = sums;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public byte[] piece(int index) throws IOException {
        int from = index * PIECE_BYTES;
        byte[] bytes = EntryFile.bytes(file, at + from, Math.min(PIECE_BYTES, length - from));
        if ((int) EntryFile.checksum(bytes, bytes.length) != sums[index]) {
            throw new IOException("the file is not what was written");
        }
        return bytes;
    }

    @Override
    public void retain() {
        users.incrementAndGet();
    }

    @Override
    public void release() {
        if (users.decrementAndGet() == 0) {
            try {
                file.close();
            } catch (IOException e) {
                LOG.debug("a file that was only read cannot be closed", e);
            }
        }
    }
}
