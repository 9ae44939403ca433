package io.weir.filters.metadata;

import com.google.re2j.Pattern;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.sticky.CookieField;
import org.jspecify.annotations.Nullable;

/**
 * What a field of a head becomes. Immutable. Source: Envoy's {@code Config.Rule}.
 *
 * @param source
 *            where the text comes from
 * @param present
 *            what is written where it is there; null: nothing
 * @param missing
 *            what is written where it is not; null: nothing
 */
record MetadataRule(Source source, @Nullable Entry present, @Nullable Entry missing) {
    /** Where a text comes from. */
    sealed interface Source {
        /** The text, or null. */
        @Nullable
        String take(HttpHead head);

        /**
         * A field; several lines count as one, joined by commas.
         *
         * @param removes
         *            whether it goes no further
         */
        record Field(HeaderName name, boolean removes) implements Source {
            @Override
            public @Nullable String take(HttpHead head) {
                int line = head.find(name);
                if (line < 0) {
                    return null;
                }
                String text = head.value(line);
                for (line = head.find(name, line + 1); line >= 0; line = head.find(name, line + 1)) {
                    text += "," + head.value(line);
                }
                if (removes) {
                    head.remove(name);
                }
                return text;
            }
        }

        /** A cookie; an empty one is none. */
        record Cookie(CookieField cookie) implements Source {
            @Override
            public @Nullable String take(HttpHead head) {
                String text = cookie.value(head);
                return text == null || text.isEmpty() ? null : text;
            }
        }
    }

    /** What a text is read as. */
    enum Type {
        STRING, NUMBER, PROTOBUF_VALUE
    }

    /**
     * A value that is written.
     *
     * @param value
     *            what it is, whatever the text says; empty: the text
     * @param pattern
     *            what of the text is replaced; null: nothing
     * @param substitution
     *            in the syntax of the library
     * @param base64
     *            whether the text is Base64 of what is meant
     */
    record Entry(String namespace, String key, String value, @Nullable Pattern pattern, String substitution, Type type,
            boolean base64) {
        /** What the text becomes before it is decoded. */
        String text(String found) {
            if (!value.isEmpty()) {
                return value;
            }
            return pattern == null ? found : pattern.matcher(found).replaceAll(substitution);
        }
    }
}
