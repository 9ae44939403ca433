package io.weir.http.grpc;

import java.io.ByteArrayOutputStream;

/**
 * The bytes of a small protobuf message, field by field: what calls of Weir's own send is a few numbers and names, for
 * which no generated class needs to be loaded. Belongs to one thread.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">Protobuf's encoding</a>
 */
public final class ProtoMessage {
    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** A field with a whole number; 0 is left out, as it is the default. */
    public ProtoMessage number(int field, long value) {
        if (value != 0) {
            varint(field << 3 | VARINT);
            varint(value);
        }
        return this;
    }

    /** A field with a text or a message; none where there are no bytes. */
    public ProtoMessage bytes(int field, byte[] value) {
        if (value.length > 0) {
            varint(field << 3 | LENGTH_DELIMITED);
            varint(value.length);
            out.writeBytes(value);
        }
        return this;
    }

    private void varint(long value) {
        long rest = value;
        for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
            out.write((int) (0x80 | rest & 0x7f));
        }
        out.write((int) rest);
    }

    /** All of it. */
    public byte[] bytes() {
        return out.toByteArray();
    }
}
