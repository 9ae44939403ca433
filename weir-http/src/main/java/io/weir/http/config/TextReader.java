package io.weir.http.config;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.weir.http.codec.HeaderName;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.match.TextMatch;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/** Reads patterns, tests on text, names and values: the small change of routes and filters. Any thread. */
public final class TextReader {
    private TextReader() {}

    /** A pattern, or null after a problem. */
    public static @Nullable Pattern pattern(RegexMatcher matcher, ReadContext context) {
        try {
            return Pattern.compile(matcher.getRegex());
        } catch (PatternSyntaxException e) {
            context.problem("regex", matcher.getRegex(), "not a regular expression: " + e.getDescription(),
                    "write it in RE2's syntax, which has no look-around and no back references");
            return null;
        }
    }

    /** A test on text, or null after a problem. */
    public static @Nullable TextMatch text(StringMatcher matcher, ReadContext context) {
        boolean ignoreCase = matcher.getIgnoreCase();
        return switch (matcher.getMatchPatternCase()) {
            case EXACT -> TextMatch.exact(matcher.getExact(), ignoreCase);
            case PREFIX -> TextMatch.prefix(matcher.getPrefix(), ignoreCase);
            case SUFFIX -> TextMatch.suffix(matcher.getSuffix(), ignoreCase);
            case CONTAINS -> TextMatch.contains(matcher.getContains(), ignoreCase);
            case SAFE_REGEX -> regex(matcher.getSafeRegex(), context.at("safe_regex"));
            case CUSTOM -> {
                context.problem("custom", matcher.getCustom().getName(), "Weir knows no custom string matchers",
                        "use exact, prefix, suffix, contains or safe_regex");
                yield null;
            }
            case MATCHPATTERN_NOT_SET -> null; // the API's rules tell
        };
    }

    /** A test by pattern, or null after a problem. */
    static @Nullable TextMatch regex(RegexMatcher matcher, ReadContext context) {
        var pattern = pattern(matcher, context);
        return pattern == null ? null : new TextMatch.Regex(pattern);
    }

    /** A field's name that edits may touch, or null after a problem. */
    public static @Nullable HeaderName editable(String name, String subPath, ReadContext context) {
        if (HeaderEdits.isReserved(name)) {
            context.problem(subPath, name, "this field cannot be changed here",
                    "use the route's rewrites for path and host");
            return null;
        }
        return name(name, subPath, context);
    }

    /** A field's name, or null after a problem. */
    public static @Nullable HeaderName name(String name, String subPath, ReadContext context) {
        if (!HeaderEdits.isName(name, false)) {
            context.problem(subPath, name, "not a header name",
                    "use letters, digits and hyphens (RFC 9110 section 5.1)");
            return null;
        }
        return HeaderName.of(name);
    }

    /** Tells of a value that would break a head. */
    public static void checkValue(String value, String subPath, ReadContext context) {
        if (value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7f)) {
            context.problem(subPath, value.strip(), "a header value cannot hold control characters", "take them out");
        }
    }

    /** Tells of an authority that would break a head. */
    static void checkHost(String host, String subPath, ReadContext context) {
        if (host.chars().anyMatch(c -> c <= ' ' || c >= 0x7f || c == '/' || c == '?' || c == '#' || c == '@')) {
            context.problem(subPath, host, "not a host name", "write a host, and a port where needed: a.example:8080");
        }
    }

    /** Tells of a path that would break a head. */
    static void checkPath(String path, String subPath, ReadContext context) {
        if (path.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
            context.problem(subPath, path.strip(), "a path cannot hold spaces or control characters",
                    "write %20 for a space");
        }
    }
}
