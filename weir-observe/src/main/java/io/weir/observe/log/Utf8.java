package io.weir.observe.log;

/** Which bytes are UTF-8 (RFC 3629, Unicode table 3-7). */
final class Utf8 {
    private Utf8() {}

    /**
     * How many bytes the character of two to four bytes at {@code at} has; 0 when there is none, or it is a C1 control
     * character, which a terminal would obey.
     */
    static int width(byte[] bytes, int at) {
        int first = bytes[at] & 0xff;
        int width = first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : 4;
        if (first < 0xc2 || first > 0xf4 || at + width > bytes.length) {
            return 0;
        }
        for (int i = 1; i < width; i++) {
            if ((bytes[at + i] & 0xc0) != 0x80) {
                return 0;
            }
        }
        int second = bytes[at + 1] & 0xff;
        boolean wrong = (first == 0xc2 && second < 0xa0) || (first == 0xe0 && second < 0xa0)
                || (first == 0xed && second > 0x9f) || (first == 0xf0 && second < 0x90)
                || (first == 0xf4 && second > 0x8f);
        return wrong ? 0 : width;
    }
}
