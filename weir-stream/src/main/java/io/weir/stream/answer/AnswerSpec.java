package io.weir.stream.answer;

import java.nio.charset.StandardCharsets;

/** What a connection gets from Weir itself. Immutable. */
public sealed interface AnswerSpec {
    /** Everything that it sends. Source: Envoy's {@code envoy.filters.network.echo}. */
    record Echo() implements AnswerSpec {
    }

    /**
     * Always the same bytes, and then its end. Source: Envoy's {@code envoy.filters.network.direct_response}.
     *
     * @param latin1
     *            the bytes, each a character
     */
    record Direct(String latin1) implements AnswerSpec {
        byte[] bytes() {
            return latin1.getBytes(StandardCharsets.ISO_8859_1);
        }
    }
}
