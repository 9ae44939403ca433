package io.weir.http.h2;

import io.netty.buffer.ByteBuf;
import io.weir.http.hpack.HpackDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;

/** What stands in a block that needs no table of an earlier one. */
final class DecodedBlock {
    private DecodedBlock() {}

    /** {@code name: value}, parted by bars, with {@code !} before those that are never to be indexed. */
    static String text(ByteBuf block) {
        var fields = new ArrayList<String>();
        var error = new HpackDecoder().decode(block, (bytes, start, nameLength, valueLength, tag, sensitive) -> {
            fields.add((sensitive ? "!" : "")
                    + new String(bytes, start, nameLength + 2 + valueLength, StandardCharsets.ISO_8859_1));
            return tag;
        });
        if (error != null) {
            throw new AssertionError(error);
        }
        return String.join("|", fields);
    }
}
