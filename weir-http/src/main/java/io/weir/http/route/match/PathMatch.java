package io.weir.http.route.match;

import com.google.re2j.Pattern;
import io.weir.http.codec.HttpHead;
import java.nio.charset.StandardCharsets;

/** The test on the path, query and fragment left out: Envoy's {@code path_specifier}. Immutable. */
public sealed interface PathMatch {
    /** Whether the path {@code bytes[from, to)} passes. */
    boolean matches(byte[] bytes, int from, int to);

    /** How many bytes a prefix rewrite takes the place of; -1 for the whole path. */
    int matchedBytes();

    /** Where the head's path ends: before the query or fragment. */
    static int pathEnd(HttpHead head) {
        byte[] bytes = head.bytes();
        int end = head.pathEnd();
        for (int i = head.pathStart(); i < end; i++) {
            if (bytes[i] == '?' || bytes[i] == '#') {
                return i;
            }
        }
        return end;
    }

    /** The whole path is this. */
    record Exact(String path, boolean ignoreCase, TextMatch text) implements PathMatch {
        public Exact(String path, boolean ignoreCase) {
            this(path, ignoreCase, TextMatch.exact(path, ignoreCase));
        }

        @Override
        public boolean matches(byte[] bytes, int from, int to) {
            return text.matches(bytes, from, to);
        }

        @Override
        public int matchedBytes() {
            return path.getBytes(StandardCharsets.UTF_8).length;
        }
    }

    /** The path begins with this, anywhere within a segment. */
    record Prefix(String prefix, boolean ignoreCase, TextMatch text) implements PathMatch {
        public Prefix(String prefix, boolean ignoreCase) {
            this(prefix, ignoreCase, TextMatch.prefix(prefix, ignoreCase));
        }

        @Override
        public boolean matches(byte[] bytes, int from, int to) {
            return text.matches(bytes, from, to);
        }

        @Override
        public int matchedBytes() {
            return prefix.getBytes(StandardCharsets.UTF_8).length;
        }
    }

    /** The path is this, or begins with this and a slash: {@code path_separated_prefix}, which never ends in one. */
    record Separated(String prefix, boolean ignoreCase, TextMatch text, int length) implements PathMatch {
        public Separated(String prefix, boolean ignoreCase) {
            this(prefix, ignoreCase, TextMatch.prefix(prefix, ignoreCase),
                    prefix.getBytes(StandardCharsets.UTF_8).length);
        }

        @Override
        public boolean matches(byte[] bytes, int from, int to) {
            int end = from + length;
            return text.matches(bytes, from, to) && (end == to || bytes[end] == '/');
        }

        @Override
        public int matchedBytes() {
            return prefix.getBytes(StandardCharsets.UTF_8).length;
        }
    }

    /** The whole path matches the pattern, which is run only where its literal ends are there. */
    record Regex(Pattern pattern, TextMatch text) implements PathMatch {
        public Regex(Pattern pattern) {
            this(pattern, new TextMatch.Regex(pattern));
        }

        @Override
        public boolean matches(byte[] bytes, int from, int to) {
            return text.matches(bytes, from, to);
        }

        @Override
        public int matchedBytes() {
            return -1;
        }
    }

    /** The whole path fits the template: {@code path_match_policy}. */
    record Template(PathTemplate template) implements PathMatch {
        @Override
        public boolean matches(byte[] bytes, int from, int to) {
            return template.matches(bytes, from, to);
        }

        @Override
        public int matchedBytes() {
            return -1;
        }
    }

    /** The request asks for a tunnel, whatever its path: {@code connect_matcher} (RFC 9110 section 9.3.6). */
    record Connect() implements PathMatch {
        @Override
        public boolean matches(byte[] bytes, int from, int to) {
            return true;
        }

        @Override
        public int matchedBytes() {
            return -1;
        }
    }

    /** What every path that matches begins with, case minded or not; empty where that is not known. */
    default String start() {
        return switch (this) {
            case Exact exact -> exact.path;
            case Prefix prefix -> prefix.prefix;
            case Separated separated -> separated.prefix;
            case Regex regex -> regex.text instanceof TextMatch.Regex match ? match.ends().start() : "";
            case Template fit -> fit.template.start();
            case Connect _ -> "";
        };
    }

    /** Whether {@link #start} is in any case. */
    default boolean startInAnyCase() {
        return switch (this) {
            case Exact exact -> exact.ignoreCase;
            case Prefix prefix -> prefix.ignoreCase;
            case Separated separated -> separated.ignoreCase;
            case Regex _,Template _,Connect _ -> false;
        };
    }
}
