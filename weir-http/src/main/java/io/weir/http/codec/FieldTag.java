package io.weir.http.codec;

import org.jspecify.annotations.Nullable;

/**
 * What can be said of a field by its name and value alone, in one number: whether it is in its grammar, and what it is.
 * Fields that stand in a table of HPACK are judged once and then known by their tag. Stateless.
 */
final class FieldTag {
    private static final int JUDGED = 1;
    private static final int PSEUDO = 2;
    private static final int NUMBER_SHIFT = 2;
    private static final int NUMBER_MASK = 0x3f;
    private static final int REJECT_SHIFT = 8;
    private static final FieldReject[] REJECTS = FieldReject.values();
    private static final int STATUS_DIGITS = 3;

    private FieldTag() {}

    /** Why a field with this tag is refused, or null. */
    static @Nullable FieldReject reject(int tag) {
        int number = tag >>> REJECT_SHIFT;
        return number == 0 ? null : REJECTS[number - 1];
    }

    /** Whether it is a pseudo-header field. */
    static boolean pseudo(int tag) {
        return (tag & PSEUDO) != 0;
    }

    /** The {@link Pseudo}'s ordinal, or the known name's number, which is 0 for all others. */
    static int number(int tag) {
        return (tag >>> NUMBER_SHIFT) & NUMBER_MASK;
    }

    private static int of(FieldReject reject) {
        return JUDGED | (reject.ordinal() + 1) << REJECT_SHIFT;
    }

    /**
     * Judges {@code name: value}, behind which searches may read as {@link Grammar} says.
     *
     * @param name
     *            where the name begins
     */
    static int of(byte[] bytes, int name, int nameLength, int valueLength) {
        int from = name + nameLength + 2;
        int to = from + valueLength;
        if (nameLength == 0) {
            return of(FieldReject.FIELD_NAME);
        }
        if (Grammar.control(bytes, from, to) != to
                || (valueLength > 0 && (Grammar.blank(bytes[from]) || Grammar.blank(bytes[to - 1])))) {
            return of(FieldReject.FIELD_VALUE);
        }
        if (bytes[name] == ':') {
            int ordinal = Pseudo.ordinal(bytes, name, name + nameLength);
            if (ordinal < 0) {
                return of(FieldReject.PSEUDO_UNKNOWN);
            }
            var wrong = value(Pseudo.of(ordinal), bytes, from, to);
            return wrong != null ? of(wrong) : JUDGED | PSEUDO | ordinal << NUMBER_SHIFT;
        }
        for (int i = name; i < name + nameLength; i++) {
            if (!Grammar.token(bytes[i]) || (bytes[i] >= 'A' && bytes[i] <= 'Z')) {
                return of(FieldReject.FIELD_NAME);
            }
        }
        int id = HeaderName.idOf(bytes, name, name + nameLength);
        if (HeaderName.connectionSpecific(id)) {
            return of(FieldReject.CONNECTION_SPECIFIC);
        }
        if (id == HeaderName.TE.id() && !Grammar.equalsIgnoreCase(bytes, from, to, "trailers")) {
            return of(FieldReject.TE);
        }
        return JUDGED | id << NUMBER_SHIFT;
    }

    /** What is wrong with a pseudo-header field's value, whatever the message; the rest shows at its end. */
    private static @Nullable FieldReject value(Pseudo which, byte[] bytes, int from, int to) {
        return switch (which) {
            case METHOD -> {
                if (to - from > StartLine.METHOD_BYTES_MAX) {
                    yield FieldReject.METHOD_TOO_LONG;
                }
                yield token(bytes, from, to) ? null : FieldReject.METHOD;
            }
            case SCHEME -> Grammar.equalsIgnoreCase(bytes, from, to, "http")
                    || Grammar.equalsIgnoreCase(bytes, from, to, "https") ? null : FieldReject.SCHEME;
            case PATH -> Grammar.targetEnd(bytes, from, to) == to && to > from ? null : FieldReject.PATH;
            case AUTHORITY -> Authority.valid(bytes, from, to, false) ? null : FieldReject.AUTHORITY;
            case PROTOCOL -> token(bytes, from, to) ? null : FieldReject.PROTOCOL;
            case STATUS -> status(bytes, from, to) ? null : FieldReject.STATUS;
        };
    }

    private static boolean token(byte[] bytes, int from, int to) {
        return to > from && Grammar.tokenEnd(bytes, from, to) == to;
    }

    private static boolean status(byte[] bytes, int from, int to) {
        return to - from == STATUS_DIGITS && bytes[from] >= '1' && bytes[from] <= '9'
                && Grammar.digit(bytes[from + 1]) && Grammar.digit(bytes[from + 2]);
    }
}
