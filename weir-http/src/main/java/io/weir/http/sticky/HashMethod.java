package io.weir.http.sticky;

import com.google.re2j.Pattern;
import io.weir.core.hash.HashKey;
import io.weir.core.hash.XxHash64;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.HeadField;
import io.weir.http.route.rewrite.PathRewrite;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One key of a request's hash at work. Immutable; allocates nothing while the key is there and not rewritten. */
interface HashMethod {
    /** Adds what it finds to the sum; nothing where it finds nothing. */
    void add(HttpHead head, HashSource source, RequestHash sum);

    /** The method of a key. */
    static HashMethod of(HashKey key) {
        return switch (key) {
            case HashKey.Header header -> new OfHeader(header);
            case HashKey.Cookie cookie -> new OfCookie(cookie, new CookieField(cookie.name()));
            case HashKey.QueryParameter parameter -> new OfQuery(parameter.name().getBytes(StandardCharsets.UTF_8));
            case HashKey.SourceIp _ -> (head, source, sum) -> {
                if (source.hasClientIp()) {
                    sum.add(source.clientIpHash());
                }
            };
            case HashKey.FilterState(String place) -> (head, source, sum) -> {
                String text = source.hashable(place);
                if (text != null) {
                    sum.add(XxHash64.of(text));
                }
            };
        };
    }

    /** A header's values. */
    final class OfHeader implements HashMethod {
        private final HeadField field;
        private final PathRewrite.@Nullable Regex rewrite;

        OfHeader(HashKey.Header header) {
            this.field = HeadField.of(header.name());
            var asked = header.rewrite();
            this.rewrite = asked == null
                    ? null
                    : PathRewrite.Regex.of(Pattern.compile(asked.pattern()), asked.substitution());
        }

        @Override
        public void add(HttpHead head, HashSource source, RequestHash sum) {
            long span = field.locate(head);
            if (span == HeadField.ABSENT) {
                return;
            }
            if (rewrite == null && field.second(head) < 0) {
                int start = HeadField.start(span);
                sum.add(XxHash64.of(head.bytes(), start, HeadField.end(span) - start, 0));
                return;
            }
            // sorted, so that the order of the lines does not matter
            List<byte[]> values = new ArrayList<>(field.values(head));
            values.replaceAll(this::rewritten);
            values.sort(Arrays::compareUnsigned);
            long hash = 0;
            for (byte[] value : values) {
                hash = XxHash64.of(value, 0, value.length, hash);
            }
            sum.add(hash);
        }

        private byte[] rewritten(byte[] value) {
            return rewrite == null
                    ? value
                    : rewrite.pattern().matcher(new String(value, StandardCharsets.UTF_8))
                            .replaceAll(rewrite.substitution()).getBytes(StandardCharsets.UTF_8);
        }
    }

    /** A cookie's value. */
    record OfCookie(HashKey.Cookie cookie, CookieField field) implements HashMethod {
        @Override
        public void add(HttpHead head, HashSource source, RequestHash sum) {
            long span = field.locate(head);
            int start = CookieField.start(span);
            int end = CookieField.end(span);
            if (!CookieField.isAbsent(span) && end > start) {
                sum.add(XxHash64.of(head.bytes(), start, end - start, 0));
            } else if (cookie.made() != null) {
                String made = source.made(cookie);
                if (made != null) {
                    sum.add(XxHash64.of(made));
                }
            }
        }
    }

    /** The first value of a parameter. */
    @SuppressWarnings("ArrayRecordComponent") // made once, never written to
    record OfQuery(byte[] name) implements HashMethod {
        @Override
        public void add(HttpHead head, HashSource source, RequestHash sum) {
            byte[] bytes = head.bytes();
            int end = head.pathEnd();
            int at = head.queryStart();
            while (at < end) {
                int start = ++at;
                while (at < end && bytes[at] != '&') {
                    at++;
                }
                int equals = start + name.length;
                if (equals <= at && Arrays.equals(bytes, start, equals, name, 0, name.length)
                        && (equals == at || bytes[equals] == '=')) {
                    int value = Math.min(equals + 1, at);
                    sum.add(XxHash64.of(bytes, value, at - value, 0));
                    return;
                }
            }
        }
    }
}
