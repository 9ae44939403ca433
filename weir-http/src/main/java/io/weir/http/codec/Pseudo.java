package io.weir.http.codec;

/** The pseudo-header fields (RFC 9113 sections 8.3.1 and 8.3.2, RFC 8441 section 4). */
enum Pseudo {
    METHOD(":method"), SCHEME(":scheme"), PATH(":path"), AUTHORITY(":authority"), PROTOCOL(":protocol"), STATUS(
            ":status");

    private static final Pseudo[] ALL = values();

    private final String text;

    Pseudo(String text) {
        this.text = text;
    }

    static Pseudo of(int ordinal) {
        return ALL[ordinal];
    }

    /** The ordinal of the one with this name, or -1. */
    static int ordinal(byte[] bytes, int from, int to) {
        for (var one : ALL) {
            if (one.is(bytes, from, to)) {
                return one.ordinal();
            }
        }
        return -1;
    }

    private boolean is(byte[] bytes, int from, int to) {
        if (to - from != text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (bytes[from + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** A set's bit. */
    int bit() {
        return 1 << ordinal();
    }
}
