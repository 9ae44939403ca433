package io.weir.xds.check;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.google.re2j.Pattern;
import com.linecorp.armeria.internal.shaded.xds.pgv.validate.Validate.StringRules;

import org.jspecify.annotations.Nullable;

/** The rules about a text. */
final class TextRules {
    private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

    private TextRules() {}

    /** What is wrong with a text, and what to do about it. */
    record Fault(String message, String cure) {
    }

    /** The first fault of a text; null when it keeps all rules. */
    static @Nullable Fault fault(StringRules rules, String text) {
        if (text.isEmpty() && rules.getIgnoreEmpty()) {
            return null;
        }
        Fault fault = length(rules, text);
        if (fault == null) {
            fault = content(rules, text);
        }
        if (fault == null) {
            fault = wellKnown(rules, text);
        }
        return fault;
    }

    private static @Nullable Fault length(StringRules rules, String text) {
        int length = text.codePointCount(0, text.length());
        long min = rules.hasLen() ? rules.getLen() : rules.hasMinLen() ? rules.getMinLen() : 0;
        long max = rules.hasLen() ? rules.getLen() : rules.hasMaxLen() ? rules.getMaxLen() : Long.MAX_VALUE;
        Fault fault = size(length, min, max, "characters");
        if (fault != null || !(rules.hasLenBytes() || rules.hasMinBytes() || rules.hasMaxBytes())) {
            return fault;
        }
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        min = rules.hasLenBytes() ? rules.getLenBytes() : rules.hasMinBytes() ? rules.getMinBytes() : 0;
        max = rules.hasLenBytes() ? rules.getLenBytes() : rules.hasMaxBytes() ? rules.getMaxBytes() : Long.MAX_VALUE;
        return size(bytes, min, max, "bytes");
    }

    private static @Nullable Fault size(int size, long min, long max, String unit) {
        if (size == 0 && min > 0) {
            return new Fault("this must not be empty",
                    min == 1 ? "write a text" : "write at least " + min + " " + unit);
        }
        if (size < min) {
            return new Fault(size + " " + unit + " are too few", "write at least " + min);
        }
        return size > max ? new Fault(size + " " + unit + " are too many", "write at most " + max) : null;
    }

    private static @Nullable Fault content(StringRules rules, String text) {
        if (rules.hasConst() && !text.equals(rules.getConst())) {
            return new Fault("only one text is allowed here", "write " + rules.getConst());
        }
        if (rules.hasPrefix() && !text.startsWith(rules.getPrefix())) {
            return new Fault("this begins otherwise than it must", "begin it with " + rules.getPrefix());
        }
        if (rules.hasSuffix() && !text.endsWith(rules.getSuffix())) {
            return new Fault("this ends otherwise than it must", "end it with " + rules.getSuffix());
        }
        if (rules.hasContains() && !text.contains(rules.getContains())) {
            return new Fault("a part is missing", "it must contain " + rules.getContains());
        }
        if (rules.hasNotContains() && text.contains(rules.getNotContains())) {
            return new Fault("a part is not allowed", "it must not contain " + rules.getNotContains());
        }
        if (rules.getInCount() > 0 && !rules.getInList().contains(text)) {
            return new Fault("this text is not allowed here", "write one of: " + String.join(", ", rules.getInList()));
        }
        if (rules.getNotInList().contains(text)) {
            return new Fault("this text is not allowed here",
                    "write another than: " + String.join(", ", rules.getNotInList()));
        }
        if (rules.hasPattern()
                && !PATTERNS.computeIfAbsent(rules.getPattern(), Pattern::compile).matches(text)) {
            return new Fault("this has not the form that it must have", "write what matches " + rules.getPattern());
        }
        return null;
    }

    private static @Nullable Fault wellKnown(StringRules rules, String text) {
        return switch (rules.getWellKnownCase()) {
            case EMAIL -> need(TextForms.isEmail(text), "an e-mail address");
            case HOSTNAME -> need(TextForms.isHostname(text), "a host name");
            case IP -> need(TextForms.isIpv4(text) || TextForms.isIpv6(text), "an IP address");
            case IPV4 -> need(TextForms.isIpv4(text), "an IPv4 address");
            case IPV6 -> need(TextForms.isIpv6(text), "an IPv6 address");
            case URI -> need(TextForms.isUri(text, true), "a URI with its scheme");
            case URI_REF -> need(TextForms.isUri(text, false), "a URI or a path");
            case ADDRESS -> need(TextForms.isHostname(text) || TextForms.isIpv4(text) || TextForms.isIpv6(text),
                    "a host name or an IP address");
            case UUID -> need(TextForms.isUuid(text), "a UUID such as 01234567-89ab-cdef-0123-456789abcdef");
            case WELL_KNOWN_REGEX -> header(rules, text);
            case WELLKNOWN_NOT_SET -> null;
        };
    }

    private static @Nullable Fault header(StringRules rules, String text) {
        boolean strict = !rules.hasStrict() || rules.getStrict();
        return switch (rules.getWellKnownRegex()) {
            case HTTP_HEADER_NAME -> strict
                    ? TextForms.isHeaderName(text)
                            ? null
                            : new Fault("not the name of a header",
                                    "use letters, digits and !#$%&'*+-.^_|~` (one : may stand first)")
                    : lines(text);
            case HTTP_HEADER_VALUE -> strict
                    ? TextForms.isHeaderValue(text)
                            ? null
                            : new Fault("not the value of a header",
                                    "remove control characters")
                    : lines(text);
            case UNKNOWN -> null;
        };
    }

    private static @Nullable Fault lines(String text) {
        return TextForms.isOneLine(text)
                ? null
                : new Fault("this may not contain a line break or a zero byte", "write it in one line");
    }

    private static @Nullable Fault need(boolean kept, String what) {
        return kept ? null : new Fault("not " + what, "write " + what);
    }
}
