package io.weir.observe.log;

import io.weir.observe.log.Operators.Unreadable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A moment written as {@code strftime} does, in UTC, with Envoy's {@code %f} ({@code %3f}: milliseconds), and
 * {@code %E3S}, {@code %E*S} of absl. Writing allocates nothing. Days to dates as in Howard Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms", civil_from_days.
 */
final class TimeFormat {
    private static final String[] DAYS = {"Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday",
            "Wednesday"};
    private static final String[] MONTHS = {"January", "February", "March", "April", "May", "June", "July", "August",
            "September", "October", "November", "December"};
    private static final int MICRO_DIGITS = 6;
    static final TimeFormat ISO = iso();

    /** One part of the text. */
    private interface Part {
        void write(Moment moment, LogBuffer out);
    }

    /**
     * A moment taken apart. Every line buffer has one to be used again: parts are too many kinds for the compiler to
     * see that none keeps it.
     */
    static final class Moment {
        private long epochMicros;
        private long epochDay;
        private int year;
        private int month;
        private int day;
        private int secondOfDay;
        private int microOfSecond;

        void set(long micros) {
            epochMicros = micros;
            long seconds = Math.floorDiv(micros, 1_000_000L);
            epochDay = Math.floorDiv(seconds, 86_400L);
            secondOfDay = (int) Math.floorMod(seconds, 86_400L);
            microOfSecond = (int) Math.floorMod(micros, 1_000_000L);
            long z = epochDay + 719_468;
            long era = Math.floorDiv(z, 146_097L);
            int doe = (int) (z - era * 146_097);
            int yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
            int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
            int mp = (5 * doy + 2) / 153;
            day = doy - (153 * mp + 2) / 5 + 1;
            month = mp < 10 ? mp + 3 : mp - 9;
            year = (int) (yoe + era * 400) + (month <= 2 ? 1 : 0);
        }

        int hour() {
            return secondOfDay / 3600;
        }

        int minute() {
            return secondOfDay / 60 % 60;
        }

        int second() {
            return secondOfDay % 60;
        }

        int dayOfYear() {
            boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            int before = (275 * month) / 9 - ((month + 9) / 12) * (leap ? 1 : 2) - 30;
            return before + day;
        }

        int dayOfWeek() {
            return (int) Math.floorMod(epochDay, 7L);
        }
    }

    private final Part[] parts;

    private TimeFormat(List<Part> parts) {
        this.parts = parts.toArray(Part[]::new);
    }

    void write(long epochMicros, LogBuffer out) {
        Moment moment = out.moment();
        moment.set(epochMicros);
        for (Part part : parts) {
            part.write(moment, out);
        }
    }

    private static TimeFormat iso() {
        try {
            return compile("%Y-%m-%dT%H:%M:%E3SZ");
        } catch (Unreadable e) {
            throw new AssertionError(e);
        }
    }

    static TimeFormat compile(String format) throws Unreadable {
        List<Part> parts = new ArrayList<>();
        int at = 0;
        while (at < format.length()) {
            int percent = format.indexOf('%', at);
            int end = percent < 0 ? format.length() : percent;
            if (end > at) {
                parts.add(literal(format.substring(at, end)));
            }
            if (percent < 0) {
                break;
            }
            at = conversion(format, percent + 1, parts);
        }
        return new TimeFormat(parts);
    }

    /** Reads one conversion; gives back where it ends. */
    private static int conversion(String format, int at, List<Part> parts) throws Unreadable {
        char c = charAt(format, at);
        if (c >= '1' && c <= '9') {
            if (charAt(format, at + 1) != 'f') {
                throw new Unreadable("%" + c + " must be followed by f in a time: " + format);
            }
            int digits = c - '0';
            parts.add((moment, out) -> fraction(moment, digits, out));
            return at + 2;
        }
        if (c == 'E') {
            return extended(format, at + 1, parts);
        }
        if (c == 'O') {
            return conversion(format, at + 1, parts);
        }
        parts.add(simple(c, format));
        return at + 1;
    }

    private static int extended(String format, int at, List<Part> parts) throws Unreadable {
        char c = charAt(format, at);
        boolean star = c == '*';
        if ((star || (c >= '0' && c <= '9')) && charAt(format, at + 1) == 'S') {
            parts.add((moment, out) -> {
                out.append(moment.second(), 2);
                if (star) {
                    shortest(moment, out);
                } else if (c != '0') {
                    fraction(moment, c - '0', out.append('.'));
                }
            });
            return at + 2;
        }
        if ((star || (c >= '0' && c <= '9')) && charAt(format, at + 1) == 'f') {
            int digits = star ? MICRO_DIGITS : c - '0';
            parts.add((moment, out) -> fraction(moment, digits, out));
            return at + 2;
        }
        if (c == 'z' || (star && charAt(format, at + 1) == 'z')) {
            parts.add(literal("+00:00"));
            return star ? at + 2 : at + 1;
        }
        if (c == '4' && charAt(format, at + 1) == 'Y') {
            parts.add((moment, out) -> out.append(moment.year, 4));
            return at + 2;
        }
        return conversion(format, at, parts);
    }

    private static Part simple(char c, String format) throws Unreadable {
        return switch (c) {
            case '%' -> literal("%");
            case 'n' -> literal("\n");
            case 't' -> literal("\t");
            case 'Y', 'G' -> number(c, format);
            case 'Z' -> literal("UTC");
            case 'z' -> literal("+0000");
            case 'a' -> (moment, out) -> abbreviated(DAYS[moment.dayOfWeek()], out);
            case 'A' -> (moment, out) -> out.append(DAYS[moment.dayOfWeek()]);
            case 'b', 'h' -> (moment, out) -> abbreviated(MONTHS[moment.month - 1], out);
            case 'B' -> (moment, out) -> out.append(MONTHS[moment.month - 1]);
            case 'p' -> (moment, out) -> out.append(moment.hour() < 12 ? "AM" : "PM");
            case 'c' -> compile("%a %b %e %H:%M:%S %Y").asPart();
            case 'D', 'x' -> compile("%m/%d/%y").asPart();
            case 'F' -> compile("%Y-%m-%d").asPart();
            case 'r' -> compile("%I:%M:%S %p").asPart();
            case 'R' -> compile("%H:%M").asPart();
            case 'T', 'X' -> compile("%H:%M:%S").asPart();
            default -> number(c, format);
        };
    }

    private static Part number(char c, String format) throws Unreadable {
        return switch (c) {
            case 'Y' -> (moment, out) -> out.append(moment.year);
            case 'C' -> (moment, out) -> out.append(moment.year / 100, 2);
            case 'y' -> (moment, out) -> out.append(moment.year % 100, 2);
            case 'm' -> (moment, out) -> out.append(moment.month, 2);
            case 'd' -> (moment, out) -> out.append(moment.day, 2);
            case 'e' -> (moment, out) -> blank(moment.day, out);
            case 'j' -> (moment, out) -> out.append(moment.dayOfYear(), 3);
            case 'H' -> (moment, out) -> out.append(moment.hour(), 2);
            case 'k' -> (moment, out) -> blank(moment.hour(), out);
            case 'I' -> (moment, out) -> out.append((moment.hour() + 11) % 12 + 1, 2);
            case 'l' -> (moment, out) -> blank((moment.hour() + 11) % 12 + 1, out);
            case 'M' -> (moment, out) -> out.append(moment.minute(), 2);
            case 'S' -> (moment, out) -> out.append(moment.second(), 2);
            case 's' -> (moment, out) -> out.append(Math.floorDiv(moment.epochMicros, 1_000_000L));
            case 'f' -> (moment, out) -> fraction(moment, 9, out);
            case 'u' -> (moment, out) -> out.append((moment.dayOfWeek() + 3) % 7 + 1, 1);
            case 'w' -> (moment, out) -> out.append((moment.dayOfWeek() + 4) % 7, 1);
            default -> throw new Unreadable("unknown conversion %" + c + " in a time: " + format);
        };
    }

    private Part asPart() {
        return (moment, out) -> {
            for (Part part : parts) {
                part.write(moment, out);
            }
        };
    }

    private static Part literal(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return (moment, out) -> out.append(bytes);
    }

    private static void abbreviated(String name, LogBuffer out) {
        out.append(name.charAt(0)).append(name.charAt(1)).append(name.charAt(2));
    }

    private static void blank(int number, LogBuffer out) {
        if (number < 10) {
            out.append(' ');
        }
        out.append(number);
    }

    private static void fraction(Moment moment, int digits, LogBuffer out) {
        int fraction = moment.microOfSecond;
        for (int i = digits; i < MICRO_DIGITS; i++) {
            fraction /= 10;
        }
        out.append(fraction, Math.min(digits, MICRO_DIGITS));
        for (int i = MICRO_DIGITS; i < digits; i++) {
            out.append('0');
        }
    }

    private static void shortest(Moment moment, LogBuffer out) {
        int fraction = moment.microOfSecond;
        int digits = MICRO_DIGITS;
        while (digits > 0 && fraction % 10 == 0) {
            fraction /= 10;
            digits--;
        }
        if (digits > 0) {
            out.append('.').append(fraction, digits);
        }
    }

    private static char charAt(String format, int at) throws Unreadable {
        if (at >= format.length()) {
            throw new Unreadable("a time ends within a conversion: " + format);
        }
        return format.charAt(at);
    }
}
