package io.weir.http.route.rewrite;

import com.google.re2j.Pattern;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.HeadText;
import io.weir.http.route.match.PathMatch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What happens to the path on the way to the upstream. Query strings stay. Immutable. */
public sealed interface PathRewrite {
    /** The path stays. */
    PathRewrite KEEP = new Keep();

    /**
     * Rewrites the head's path.
     *
     * @param original
     *            whether the old path is kept in {@code x-envoy-original-path}
     */
    void apply(HttpHead head, boolean original);

    /** The new path without its query, one character a byte; the head is not changed. */
    String rewritten(HttpHead head);

    /** The path stays. */
    record Keep() implements PathRewrite {
        @Override
        public void apply(HttpHead head, boolean original) {
            // nothing to do
        }

        @Override
        public String rewritten(HttpHead head) {
            return head.text(head.pathStart(), PathMatch.pathEnd(head));
        }
    }

    /**
     * What the route matched is replaced.
     *
     * @param matchedBytes
     *            the matched prefix's length; -1 for the whole path, as after a match by pattern
     */
    @SuppressWarnings("ArrayRecordComponent") // shared by every request, never written to
    record Prefix(int matchedBytes, byte[] replacement) implements PathRewrite {
        @Override
        public void apply(HttpHead head, boolean original) {
            keep(head, original);
            head.replacePathPrefix(matched(head), replacement);
        }

        @Override
        public String rewritten(HttpHead head) {
            return new String(replacement, StandardCharsets.ISO_8859_1)
                    + head.text(head.pathStart() + matched(head), PathMatch.pathEnd(head));
        }

        private int matched(HttpHead head) {
            return matchedBytes >= 0 ? matchedBytes : PathMatch.pathEnd(head) - head.pathStart();
        }
    }

    /** Every match of the pattern in the path is replaced; {@code \1} names a group. */
    record Regex(Pattern pattern, String substitution) implements PathRewrite {
        /**
         * @param substitution
         *            in RE2's syntax, with {@code \1} for the first group and {@code \\} for a backslash
         */
        public static Regex of(Pattern pattern, String substitution) {
            return new Regex(pattern, Substitution.fromRe2(substitution));
        }

        @Override
        public void apply(HttpHead head, boolean original) {
            int end = PathMatch.pathEnd(head);
            String path = HeadText.utf8(head, head.pathStart(), end);
            String rewritten = pattern.matcher(path).replaceAll(substitution);
            if (!rewritten.equals(path)) {
                keep(head, original);
                head.replacePathPrefix(end - head.pathStart(), HeadText.bytes(rewritten));
            }
        }

        @Override
        public String rewritten(HttpHead head) {
            String path = HeadText.utf8(head, head.pathStart(), PathMatch.pathEnd(head));
            return HeadText.latin(pattern.matcher(path).replaceAll(substitution));
        }
    }

    /** The path is made anew by a template: {@code path_rewrite_policy}. */
    record Template(TemplateRewrite template) implements PathRewrite {
        @Override
        public void apply(HttpHead head, boolean original) {
            int start = head.pathStart();
            int end = PathMatch.pathEnd(head);
            byte[] rewritten = template.apply(head.bytes(), start, end);
            if (rewritten != null && !Arrays.equals(rewritten, 0, rewritten.length, head.bytes(), start, end)) {
                keep(head, original);
                head.replacePathPrefix(end - start, rewritten);
            }
        }

        @Override
        public String rewritten(HttpHead head) {
            int end = PathMatch.pathEnd(head);
            byte[] rewritten = template.apply(head.bytes(), head.pathStart(), end);
            return rewritten == null
                    ? head.text(head.pathStart(), end)
                    : new String(rewritten, StandardCharsets.ISO_8859_1);
        }
    }

    /** Notes the path as the client sent it. */
    private static void keep(HttpHead head, boolean original) {
        if (original) {
            head.remove(HeaderName.X_ENVOY_ORIGINAL_PATH);
            head.add(HeaderName.X_ENVOY_ORIGINAL_PATH, head.path());
        }
    }
}
