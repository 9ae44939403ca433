package io.weir.filters.decompressor;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.filters.compression.BadCoding;
import io.weir.filters.compression.Decompressing;
import io.weir.filters.held.HeldPieces;
import io.weir.http.filter.BodyPart;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.Flow;
import io.weir.http.filter.Passage;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One direction's body, from one exchange to the next: pieces come off as long as who is behind takes them, so that a
 * small body that becomes a large one never stands in memory; one that becomes larger than its ratio allows ends the
 * exchange. Belongs to one worker.
 */
final class Unpacking {
    /** The pieces that are made of much. */
    private static final int PIECE_BYTES = 32 * 1024;
    private static final int PIECE_BYTES_MIN = 512;
    /** Texts seldom become longer than this, and what does fills another piece. */
    private static final int USUAL_RATIO = 8;
    /** So much may come of anything: a small body of zeros is no bomb. */
    private static final int RATIO_FREE_BYTES = 256 * 1024;
    private static final byte[] NO_BYTES = {};
    private static final Flow.Reply BAD = new Flow.Reply(400,
            "The body is not what content-encoding says.\n".getBytes(StandardCharsets.US_ASCII),
            "decompressor_bad_request_body", 0);
    private static final Flow.Reply BOMB = new Flow.Reply(413,
            "The body becomes too large.\n".getBytes(StandardCharsets.US_ASCII), "decompressor_request_ratio_exceeded",
            0);
    private static final Flow.Reply BAD_RESPONSE = new Flow.Reply(502, NO_BYTES, "decompressor_bad_response_body", 0);
    private static final Flow.Reply BOMB_RESPONSE = new Flow.Reply(502, NO_BYTES,
            "decompressor_response_ratio_exceeded", 0);

    private final DecompressorStep step;
    private final DecompressorSpec spec;
    private final DecompressorSpec.Numbers numbers;
    private final FilterExchange exchange;
    private final boolean back;
    private final HeldPieces input = new HeldPieces();
    private @Nullable Decompressing coder;
    private boolean last;
    /** Another number for each exchange. */
    private int serial;
    /** Some of the input waits for who is behind. */
    private boolean paused;
    private long in;
    private long out;

    Unpacking(DecompressorStep step, DecompressorSpec spec, DecompressorSpec.Numbers numbers, FilterExchange exchange,
            boolean back) {
        this.step = step;
        this.spec = spec;
        this.numbers = numbers;
        this.exchange = exchange;
        this.back = back;
    }

    DecompressorSpec.Numbers numbers() {
        return numbers;
    }

    void begin() {
        numbers.decompressed().increment();
        coder = spec.library().open();
    }

    Flow data(BodyPart part, boolean end) {
        if (coder == null) {
            return Flow.NEXT;
        }
        last = end;
        int size = part.data().readableBytes();
        in += size;
        numbers.compressedBytes().add(size);
        if (size > 0) {
            input.add(part.take(), exchange.worker().allocator());
        }
        return paused ? Flow.PAUSE : unpack();
    }

    Flow trailers() {
        if (coder == null) {
            return Flow.NEXT;
        }
        last = true;
        return paused ? Flow.PAUSE : unpack();
    }

    /** Who is behind takes more. */
    void goOn() {
        if (coder == null || !paused) {
            return;
        }
        switch (unpack()) {
            case Flow.Next _ -> {
                paused = false;
                passage().resume(step);
            }
            case Flow.Pause _ -> {
                // and is told again
            }
            case Flow.Reply reply -> exchange.answer(reply);
        }
    }

    private Passage passage() {
        return back ? exchange.responsePassage() : exchange.requestPassage();
    }

    /** Sends what there is as far as it is taken. */
    private Flow unpack() {
        var mine = coder;
        int began = serial;
        boolean first = !paused;
        while (mine != null && (first || passage().writable(step))) {
            int room = first ? roomBytes(input.readableBytes()) : PIECE_BYTES;
            first = false;
            var piece = exchange.worker().allocator().directBuffer(room, room);
            boolean more;
            try {
                more = fill(mine, piece);
            } catch (BadCoding | RuntimeException bad) {
                piece.release();
                return back ? BAD_RESPONSE : BAD;
            }
            out += piece.readableBytes();
            numbers.uncompressedBytes().add(piece.readableBytes());
            if (out > RATIO_FREE_BYTES && out / spec.library().ratioMax() > in) {
                piece.release();
                numbers.bombs().increment();
                return back ? BOMB_RESPONSE : BOMB;
            }
            passage().send(step, piece);
            boolean over = began != serial; // the exchange may have ended, and another begun
            if (!over && !more) {
                return end(mine);
            }
            if (over) {
                return Flow.PAUSE;
            }
        }
        paused = true;
        return Flow.PAUSE;
    }

    /** Who holds a piece holds all its room, so that what comes of a few bytes shall not take much of it. */
    static int roomBytes(int packedBytes) {
        return Math.clamp((long) packedBytes * USUAL_RATIO, PIECE_BYTES_MIN, PIECE_BYTES);
    }

    private boolean fill(Decompressing mine, ByteBuf piece) throws BadCoding {
        while (true) {
            var data = input.peek();
            if (data == null) {
                return mine.read(Unpooled.EMPTY_BUFFER, piece);
            }
            boolean more = mine.read(data, piece);
            if (!data.isReadable()) {
                input.poll();
                data.release();
            }
            if (more || (!input.isEmpty() && !piece.isWritable())) {
                return true;
            }
            if (input.isEmpty()) {
                return false;
            }
        }
    }

    private Flow end(Decompressing mine) {
        if (last && in > 0 && !mine.complete()) { // no bytes are no coding, and nothing is missing
            return back ? BAD_RESPONSE : BAD;
        }
        return Flow.NEXT;
    }

    long heldBytes() {
        return input.readableBytes();
    }

    void clear() {
        input.clear();
        var mine = coder;
        coder = null;
        if (mine != null) {
            mine.end();
        }
        last = false;
        paused = false;
        serial++;
        in = 0;
        out = 0;
    }
}
