package io.weir.http.codec;

/** IP addresses as text, without port, zone and brackets (RFC 3986 section 3.2.2). Stateless; allocates nothing. */
public final class IpLiteral {
    private static final int GROUPS = 8;

    private IpLiteral() {}

    /**
     * IPv6address (RFC 3986 section 3.2.2): groups of up to four digits, one gap, perhaps an IPv4 address at the end.
     */
    public static boolean v6(byte[] bytes, int from, int to) {
        int groups = 0;
        boolean gap = false;
        int i = from;
        if (i + 1 < to && bytes[i] == ':' && bytes[i + 1] == ':') {
            gap = true;
            i += 2;
        }
        while (i < to) {
            int start = i;
            while (i < to && Grammar.hex(bytes[i]) >= 0) {
                i++;
            }
            if (i < to && bytes[i] == '.') {
                groups += 2;
                return v4(bytes, start, to) && (gap ? groups < GROUPS : groups == GROUPS);
            }
            groups++;
            if (i == start || i - start > 4 || groups > GROUPS) {
                return false;
            }
            if (i == to) {
                break;
            }
            if (bytes[i] != ':' || ++i == to) {
                return false;
            }
            if (bytes[i] == ':') {
                if (gap) {
                    return false;
                }
                gap = true;
                i++;
            }
        }
        return gap ? groups < GROUPS : groups == GROUPS;
    }

    /** Four numbers up to 255 without leading zeros. */
    public static boolean v4(byte[] bytes, int from, int to) {
        int i = from;
        for (int part = 0; part < 4; part++) {
            int start = i;
            int value = 0;
            while (i < to && i - start < 3 && Grammar.digit(bytes[i])) {
                value = value * 10 + bytes[i++] - '0';
            }
            if (i == start || value > 255 || (i - start > 1 && bytes[start] == '0')) {
                return false;
            }
            if (part < 3 && (i == to || bytes[i++] != '.')) {
                return false;
            }
        }
        return i == to;
    }
}
