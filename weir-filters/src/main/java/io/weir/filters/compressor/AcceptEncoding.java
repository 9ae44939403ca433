package io.weir.filters.compressor;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which coding a client gets, by its {@code accept-encoding} (RFC 9110 section 12.5.3): of those that there are, the
 * one that it likes best; of several that it likes as much, the one that is to be chosen first, or else the first.
 * Weights are thousandths.
 */
record AcceptEncoding(Verdict verdict, @Nullable String encoding) {
    /** Why it is so. */
    enum Verdict {
        /** The client said nothing. */
        NONE,
        /** It wants none, or none that there is. */
        IDENTITY,
        /** It named it. */
        NAMED,
        /** It takes any. */
        WILDCARD,
        /** Nobody can read it. */
        NOT_VALID
    }

    private static final int ONE = 1000;
    private static final int UNSAID = -1;
    private static final int BAD = -2;

    /**
     * Decides.
     *
     * @param value
     *            the field's lines, joined by commas; null where there is none
     * @param available
     *            codings in the order of their filters, and whether each is to be chosen first
     */
    static AcceptEncoding choose(@Nullable String value, Map<String, Object> available) {
        if (value == null) {
            return new AcceptEncoding(Verdict.NONE, null);
        }
        int wildcard = weight(value, "*");
        int identity = weight(value, "identity");
        if (wildcard == BAD || identity == BAD) {
            return new AcceptEncoding(Verdict.NOT_VALID, null);
        }
        String best = null;
        int bestWeight = 0;
        boolean named = false;
        for (var coding : available.entrySet()) {
            int own = weight(value, coding.getKey());
            int weight = own >= 0 ? own : Math.max(wildcard, 0);
            boolean first = Boolean.TRUE.equals(coding.getValue());
            if (weight > bestWeight || (weight == bestWeight && weight > 0 && first)) {
                best = coding.getKey();
                bestWeight = weight;
                named = own >= 0;
            }
        }
        if (best == null || identity > bestWeight) {
            return new AcceptEncoding(Verdict.IDENTITY, null);
        }
        return new AcceptEncoding(named ? Verdict.NAMED : Verdict.WILDCARD, best);
    }

    /** What the field gives a coding: 0 to 1000, or that it does not name it, or that it cannot be read. */
    private static int weight(String value, String coding) {
        int found = UNSAID;
        for (String part : value.split(",", -1)) {
            int semicolon = part.indexOf(';');
            if (part.isBlank()) {
                continue;
            }
            String name = (semicolon < 0 ? part : part.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
            int weight = semicolon < 0 ? ONE : thousandths(part.substring(semicolon + 1).strip());
            if (weight < 0) {
                return BAD;
            }
            boolean same = name.equals(coding) || (coding.equals("gzip") && name.equals("x-gzip"));
            found = same ? Math.max(found, weight) : found;
        }
        return found;
    }

    /** {@code q=0.5} and nothing else (RFC 9110 section 12.4.2). */
    private static int thousandths(String text) {
        int equals = text.indexOf('=');
        if (equals < 0 || !text.substring(0, equals).strip().equalsIgnoreCase("q")) {
            return BAD;
        }
        String digits = text.substring(equals + 1).strip();
        if (digits.isEmpty() || digits.length() > 5 || (digits.length() > 1 && digits.charAt(1) != '.')) {
            return BAD;
        }
        int weight = 0;
        for (int i = 0; i < 5; i++) {
            char c = i < digits.length() ? digits.charAt(i) : '0';
            if (i == 1) {
                continue;
            }
            if (c < '0' || c > '9') {
                return BAD;
            }
            weight = weight * 10 + c - '0';
        }
        return weight <= ONE ? weight : BAD;
    }
}
