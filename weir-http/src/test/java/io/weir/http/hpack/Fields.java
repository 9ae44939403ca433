package io.weir.http.hpack;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A decoder whose fields are read as text: {@code name: value}, with {@code !} before those never to be indexed. */
final class Fields implements FieldSink {
    final HpackDecoder decoder = new HpackDecoder();
    final List<String> all = new ArrayList<>();
    final List<Integer> tags = new ArrayList<>();
    private int lastTag;

    @Override
    public int field(byte[] bytes, int start, int nameLength, int valueLength, int tag, boolean sensitive) {
        String line = new String(bytes, start, nameLength + valueLength + 4, StandardCharsets.ISO_8859_1);
        if (!line.startsWith(": ", nameLength) || !line.endsWith("\r\n")) {
            throw new AssertionError("no line: " + line);
        }
        all.add((sensitive ? "!" : "") + line.substring(0, line.length() - 2));
        tags.add(tag);
        return tag != 0 ? tag : ++lastTag;
    }

    /** Decodes a block in hexadecimal digits; white space does not count. */
    @Nullable
    BlockError decode(String hex) {
        return decode(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replaceAll("\\s", ""))));
    }

    @Nullable
    BlockError decode(ByteBuf block) {
        all.clear();
        tags.clear();
        return decoder.decode(block, this);
    }

    /** The dynamic table, newest first, read by indices as a block would name them. */
    List<String> table() {
        var entries = new ArrayList<String>();
        for (int index = 62;; index++) {
            var probe = new ArrayList<String>();
            var block = Unpooled.buffer();
            if (index < 127) {
                block.writeByte(0x80 | index);
            } else {
                block.writeByte(0xff).writeByte(index - 127);
            }
            if (decoder.table().count() <= index - 62) {
                return entries;
            }
            decoder.decode(block, (bytes, start, nameLength, valueLength, tag, sensitive) -> {
                probe.add(new String(bytes, start, nameLength + 2 + valueLength, StandardCharsets.ISO_8859_1));
                return tag;
            });
            entries.addAll(probe);
        }
    }

    /** The size of these entries as RFC 7541 section 4.1 counts. */
    static int size(List<String> entries) {
        return entries.stream().mapToInt(entry -> entry.length() - 2 + 32).sum();
    }
}
