package io.weir.net.acme;

import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Carries requests to the authority and its answers back. */
interface Wire extends AutoCloseable {
    /** Lets go of its connections. */
    @Override
    void close();

    /** Asks without a body: {@code GET}. */
    Reply ask(URI url) throws IOException, InterruptedException;

    /** Asks for the head of an answer alone: {@code HEAD}. */
    Reply head(URI url) throws IOException, InterruptedException;

    /** Sends a signed request: {@code POST} of {@code application/jose+json}. */
    Reply post(URI url, String body) throws IOException, InterruptedException;

    /**
     * An answer.
     *
     * @param headers
     *            the first of each name, in lower case
     */
    record Reply(int status, Map<String, String> headers, String text) {
        public Reply {
            headers = Map.copyOf(headers);
        }

        @Nullable
        String header(String name) {
            return headers.get(name.toLowerCase(Locale.ROOT));
        }
    }
}
