package io.weir.filters.cache.rules;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Dates of HTTP (RFC 9110 section 5.6.7), in all three forms that a recipient must take. */
public final class HttpDate {
    /** What is no date. */
    public static final long NONE = Long.MIN_VALUE;

    private static final List<String> MONTHS = List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep",
            "oct", "nov", "dec");
    private static final String TIME = "(\\d\\d):(\\d\\d):(\\d\\d)";
    private static final Pattern FIXED = Pattern.compile("\\w{3}, (\\d\\d) (\\w{3}) (\\d{4}) " + TIME + " GMT");
    private static final Pattern RFC_850 = Pattern.compile("\\w{6,9}, (\\d\\d)-(\\w{3})-(\\d\\d) " + TIME + " GMT");
    private static final Pattern ASCTIME = Pattern.compile("\\w{3} (\\w{3}) ([ \\d]\\d) " + TIME + " (\\d{4})");

    private HttpDate() {}

    /**
     * Milliseconds since 1970, or {@link #NONE}.
     *
     * @param nowMillis
     *            by which a year of two digits is understood
     */
    public static long millis(String text, long nowMillis) {
        Matcher form = FIXED.matcher(text);
        if (form.matches()) {
            return millis(number(form, 3), form.group(2), number(form, 1), form, 4);
        }
        form = RFC_850.matcher(text);
        if (form.matches()) {
            int thisYear = Instant.ofEpochMilli(nowMillis).atZone(ZoneOffset.UTC).getYear();
            int year = thisYear - thisYear % 100 + number(form, 3);
            return millis(year > thisYear + 50 ? year - 100 : year, form.group(2), number(form, 1), form, 4);
        }
        form = ASCTIME.matcher(text);
        if (form.matches()) {
            return millis(number(form, 6), form.group(1), Integer.parseInt(form.group(2).strip()), form, 3);
        }
        return NONE;
    }

    private static int number(Matcher form, int group) {
        return Integer.parseInt(form.group(group));
    }

    private static long millis(int year, String month, int day, Matcher form, int time) {
        int number = MONTHS.indexOf(month.toLowerCase(Locale.ROOT)) + 1;
        try {
            int second = Math.min(59, number(form, time + 2)); // a leap second is the last one of its minute
            return LocalDate.of(year, number, day).atTime(number(form, time), number(form, time + 1), second)
                    .toInstant(ZoneOffset.UTC).toEpochMilli();
        } catch (DateTimeException impossible) {
            return NONE;
        }
    }
}
