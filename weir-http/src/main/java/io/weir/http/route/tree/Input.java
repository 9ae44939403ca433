package io.weir.http.route.tree;

import io.weir.core.value.MetadataPath;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.HeadField;
import io.weir.http.route.match.HeadText;
import io.weir.http.route.match.RequestFacts;
import io.weir.http.route.match.QueryMatch;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What of a request a tree looks at. Immutable; those of a head allocate nothing, all others some text. */
public sealed interface Input {
    /** Asks for the value. */
    <R extends @Nullable Object> R ask(HttpHead head, RequestFacts facts, Question<R> question);

    /** Whether filters can change the value by what they say. */
    default boolean saidByFilters() {
        return false;
    }

    /** A header field or pseudo field; several lines of one name are one value, joined by commas. */
    record Header(HeadField field) implements Input {
        @Override
        public <R extends @Nullable Object> R ask(HttpHead head, RequestFacts facts, Question<R> question) {
            long span = field.locate(head);
            if (span == HeadField.ABSENT) {
                return question.absent();
            }
            if (field.second(head) >= 0) {
                byte[] joined = field.joined(head);
                return question.of(joined, 0, joined.length);
            }
            return question.of(head.bytes(), HeadField.start(span), HeadField.end(span));
        }
    }

    /** The first query parameter of this name, as it stands. */
    @SuppressWarnings("ArrayRecordComponent") // never written to, never compared
    record Query(byte[] name) implements Input {
        @Override
        public <R extends @Nullable Object> R ask(HttpHead head, RequestFacts facts, Question<R> question) {
            long span = QueryMatch.locate(head, name);
            return span == HeadField.ABSENT
                    ? question.absent()
                    : question.of(head.bytes(), HeadField.start(span), HeadField.end(span));
        }
    }

    /** Text that filters have said: Envoy's dynamic metadata. A value that is no text is none. */
    record Metadata(MetadataPath path) implements Input {
        @Override
        public <R extends @Nullable Object> R ask(HttpHead head, RequestFacts facts, Question<R> question) {
            return path.in(facts.dynamicMetadata(path.namespace())) instanceof String text
                    ? text(text, question)
                    : question.absent();
        }

        @Override
        public boolean saidByFilters() {
            return true;
        }
    }

    /** What filters have left under a key: Envoy's filter state. */
    record State(String key) implements Input {
        @Override
        public <R extends @Nullable Object> R ask(HttpHead head, RequestFacts facts, Question<R> question) {
            var value = facts.filterState(key);
            return value == null ? question.absent() : text(value.text(), question);
        }

        @Override
        public boolean saidByFilters() {
            return true;
        }
    }

    private static <R extends @Nullable Object> R text(String text, Question<R> question) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return question.of(bytes, 0, bytes.length);
    }

    /** An address or a port of the connection. */
    record Connection(End end, boolean port) implements Input {
        /** Which end. */
        public enum End {
            SOURCE, CONNECTION_SOURCE, DIRECT_SOURCE, DESTINATION
        }

        @Override
        public <R extends @Nullable Object> R ask(HttpHead head, RequestFacts facts, Question<R> question) {
            byte[] text = (switch (end) {
                case SOURCE -> facts.downstreamRemoteAddress();
                case CONNECTION_SOURCE -> facts.connectionRemoteAddress();
                case DIRECT_SOURCE -> facts.downstreamDirectRemoteAddress();
                case DESTINATION -> facts.downstreamLocalAddress();
            }).getBytes(StandardCharsets.ISO_8859_1);
            int colon = HeadText.portStart(text, 0, text.length);
            if (colon == text.length) {
                return question.absent(); // a socket of this machine has neither
            }
            if (port) {
                return question.of(text, colon + 1, text.length);
            }
            boolean bracketed = text[0] == '[';
            return question.of(text, bracketed ? 1 : 0, bracketed ? colon - 1 : colon);
        }
    }
}
