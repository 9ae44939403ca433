package io.weir.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Header blocks of any bytes: literals that are neither coded nor remembered, whatever stands in them. */
final class Blocks {
    private static final int LITERAL = 0x00;
    private static final int LITERAL_REMEMBERED = 0x40;

    private Blocks() {}

    /** Fields as {@code name: value}, parted by the first {@code ": "}. */
    static ByteBuf of(String... fields) {
        return of(List.of(fields));
    }

    static ByteBuf of(List<String> fields) {
        return literals(fields, LITERAL);
    }

    /** The same, each field to be remembered. */
    static ByteBuf remembered(String... fields) {
        return literals(List.of(fields), LITERAL_REMEMBERED);
    }

    private static ByteBuf literals(List<String> fields, int kind) {
        var out = Unpooled.buffer();
        for (String field : fields) {
            int colon = field.indexOf(": ");
            out.writeByte(kind);
            string(out, field.substring(0, colon));
            string(out, field.substring(colon + 2));
        }
        return out;
    }

    private static void string(ByteBuf out, String text) {
        int length = text.length();
        if (length < 127) {
            out.writeByte(length);
        } else {
            out.writeByte(127);
            int rest = length - 127;
            for (; rest >= 128; rest >>>= 7) {
                out.writeByte(rest | 0x80);
            }
            out.writeByte(rest);
        }
        out.writeCharSequence(text, StandardCharsets.ISO_8859_1);
    }
}
