package io.weir.http.route.rewrite;

import com.google.re2j.Pattern;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.HeadText;
import io.weir.http.route.match.PathMatch;
import org.jspecify.annotations.Nullable;

/** What happens to the authority (the Host field) on the way to the upstream. Immutable. */
public sealed interface HostRewrite {
    /** The authority stays. */
    HostRewrite KEEP = new Keep();

    /** The new authority, or null where it stays or is not known yet. */
    @Nullable
    String hostFor(HttpHead head);

    /** The authority stays. */
    record Keep() implements HostRewrite {
        @Override
        public @Nullable String hostFor(HttpHead head) {
            return null;
        }
    }

    /** It becomes this. */
    record Literal(String host) implements HostRewrite {
        @Override
        public String hostFor(HttpHead head) {
            return host;
        }
    }

    /** It becomes the chosen endpoint's host name, where it has one: {@code auto_host_rewrite}. */
    record ToEndpoint() implements HostRewrite {
        @Override
        public @Nullable String hostFor(HttpHead head) {
            return null;
        }
    }

    /** It becomes the value of this request header, where there is one. */
    record FromHeader(HeaderName header) implements HostRewrite {
        @Override
        public @Nullable String hostFor(HttpHead head) {
            String value = head.value(header);
            return value == null || value.isEmpty() ? null : value;
        }
    }

    /** It becomes the path (without query) after this replacement. */
    record FromPath(Pattern pattern, String substitution) implements HostRewrite {
        /**
         * @param substitution
         *            in RE2's syntax, with {@code \1} for the first group
         */
        public static FromPath of(Pattern pattern, String substitution) {
            return new FromPath(pattern, Substitution.fromRe2(substitution));
        }

        @Override
        public String hostFor(HttpHead head) {
            String path = HeadText.utf8(head, head.pathStart(), PathMatch.pathEnd(head));
            return HeadText.latin(pattern.matcher(path).replaceAll(substitution));
        }
    }
}
