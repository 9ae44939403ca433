package io.weir.xds.check;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * Forms of text that protoc-gen-validate knows by name; the expressions stand in its templates (well_known_regex) and
 * in RFC 1123 section 2.1 (host names), RFC 4291 section 2.2 (IPv6), RFC 4122 section 3 (UUID). By hand: headers are
 * checked on the way to the first request.
 */
final class TextForms {
    private TextForms() {}

    /** {@code ^:?[0-9a-zA-Z!#$%&'*+-.^_|~`]+$}, where {@code +-.} is the range of + , - and the full stop. */
    static boolean isHeaderName(String text) {
        int from = text.startsWith(":") ? 1 : 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isLetterOrDigit(c) && "!#$%&'*+,-.^_|~`".indexOf(c) < 0) {
                return false;
            }
        }
        return text.length() > from;
    }

    /** No control character but the tab. */
    static boolean isHeaderValue(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7F) {
                return false;
            }
        }
        return true;
    }

    static boolean isOneLine(String text) {
        return text.indexOf('\0') < 0 && text.indexOf('\n') < 0 && text.indexOf('\r') < 0;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    static boolean isHostname(String text) {
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        if (name.isEmpty() || name.length() > 253) {
            return false;
        }
        int start = 0;
        for (int i = 0; i <= name.length(); i++) {
            if (i == name.length() || name.charAt(i) == '.') {
                if (!isLabel(name, start, i)) {
                    return false;
                }
                start = i + 1;
            }
        }
        return true;
    }

    private static boolean isLabel(String name, int from, int to) {
        if (from == to || to - from > 63 || name.charAt(from) == '-' || name.charAt(to - 1) == '-') {
            return false;
        }
        for (int i = from; i < to; i++) {
            char c = name.charAt(i);
            if (!isLetterOrDigit(c) && c != '-') {
                return false;
            }
        }
        return true;
    }

    static boolean isIpv4(String text) {
        int parts = 0;
        int digits = 0;
        int value = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? '.' : text.charAt(i);
            if (c == '.') {
                if (digits == 0 || ++parts > 4) {
                    return false;
                }
                digits = 0;
                value = 0;
            } else if (c < '0' || c > '9' || (digits > 0 && value == 0)) {
                return false;
            } else {
                value = value * 10 + c - '0';
                digits++;
                if (value > 255) {
                    return false;
                }
            }
        }
        return parts == 4;
    }

    static boolean isIpv6(String text) {
        String rest = text;
        int groups = 0;
        int dot = rest.indexOf('.');
        if (dot >= 0) {
            int colon = rest.lastIndexOf(':');
            if (colon < 0 || !isIpv4(rest.substring(colon + 1))) {
                return false;
            }
            groups = 2;
            boolean gap = colon > 0 && rest.charAt(colon - 1) == ':';
            rest = rest.substring(0, gap ? colon + 1 : colon);
        }
        int gap = rest.indexOf("::");
        if (gap < 0) {
            return groups + groupsOf(rest) == 8 && groupsOf(rest) > 0;
        }
        if (rest.indexOf("::", gap + 1) >= 0) {
            return false;
        }
        int before = groupsOf(rest.substring(0, gap));
        int after = groupsOf(rest.substring(gap + 2));
        return before >= 0 && after >= 0 && groups + before + after <= 7;
    }

    /** How many groups of one to four hexadecimal digits stand here; far below zero when it is something else. */
    private static int groupsOf(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        int groups = 0;
        int digits = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? ':' : text.charAt(i);
            if (c == ':') {
                if (digits == 0 || digits > 4) {
                    return -100;
                }
                groups++;
                digits = 0;
            } else if (c < 128 && Character.digit(c, 16) >= 0) {
                digits++;
            } else {
                return -100;
            }
        }
        return groups;
    }

    static boolean isUri(String text, boolean absolute) {
        try {
            URI uri = new URI(text);
            return !absolute || uri.isAbsolute();
        } catch (URISyntaxException e) {
            return false;
        }
    }

    static boolean isEmail(String text) {
        int at = text.lastIndexOf('@');
        if (at < 1 || at > 64 || text.length() > 254) {
            return false;
        }
        for (int i = 0; i < at; i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 127 || "()<>[]:;@\\,\"".indexOf(c) >= 0) {
                return false;
            }
        }
        return isHostname(text.substring(at + 1));
    }

    static boolean isUuid(String text) {
        if (text.length() != 36) {
            return false;
        }
        for (int i = 0; i < 36; i++) {
            char c = text.charAt(i);
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash ? c != '-' : c >= 128 || Character.digit(c, 16) < 0) {
                return false;
            }
        }
        return true;
    }
}
