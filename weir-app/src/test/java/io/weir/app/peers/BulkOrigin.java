package io.weir.app.peers;

import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import io.weir.testkit.OriginWire;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends and takes much data: {@code GET /BYTES} answers with that many, {@code POST} with the sha256 of what came. It
 * talks HTTP, over which a TCP proxy carries bytes as well as an HTTP proxy.
 */
final class BulkOrigin implements AutoCloseable {
    private static final int BLOCK_BYTES = 1 << 20;
    private static final byte[] BLOCK = new byte[BLOCK_BYTES];

    private final Origin origin = Origin.streaming(this::answer);
    private final AtomicLong sentBytes = new AtomicLong();

    static {
        new Random(25).nextBytes(BLOCK);
    }

    /** Where the made-up bytes go. */
    @FunctionalInterface
    interface Sink {
        void send(byte[] block) throws IOException;
    }

    int port() {
        return origin.port();
    }

    /** The bytes of bodies that the kernel has taken from it so far. */
    long sentBytes() {
        return sentBytes.get();
    }

    private void answer(HttpMessage request, OriginWire wire) throws IOException {
        if (request.method().equals("POST")) {
            long bytes = Long.parseLong(request.header("content-length").orElseThrow());
            wire.reply(200, taken(wire.in(), bytes));
        } else {
            long bytes = Long.parseLong(request.target().substring(1));
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + bytes + "\r\n\r\n");
            made(bytes, block -> {
                wire.send(block);
                sentBytes.addAndGet(block.length);
            });
        }
    }

    /** Sends this many bytes (whole blocks, no two alike); their sha256. */
    static String made(long bytes, Sink sink) throws IOException {
        MessageDigest digest = sha256();
        byte[] block = BLOCK.clone();
        for (long number = 0; number < bytes / BLOCK_BYTES; number++) {
            block[(int) (number % BLOCK_BYTES)]++;
            digest.update(block);
            sink.send(block);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Reads this many bytes; their sha256. */
    static String taken(InputStream in, long bytes) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[1 << 16];
        for (long left = bytes; left > 0;) {
            int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (read < 0) {
                throw new EOFException(left + " of " + bytes + " bytes missing");
            }
            digest.update(buffer, 0, read);
            left -= read;
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        origin.close();
    }
}
