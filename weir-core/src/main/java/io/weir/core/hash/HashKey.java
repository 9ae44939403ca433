package io.weir.core.hash;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a request is hashed, so that requests which have it in common go to the same host: Envoy's
 * {@code hash_policy}. What has nothing of the kind gives no hash. A closed set; immutable, any thread.
 */
public sealed interface HashKey {
    /**
     * The values of a header, whatever their order.
     *
     * @param name
     *            in lower case, or {@code :path} and the like
     * @param rewrite
     *            what is made of each value first; null: nothing
     */
    record Header(String name, @Nullable Rewrite rewrite) implements HashKey {
    }

    /**
     * Every match of a pattern is replaced.
     *
     * @param pattern
     *            in RE2's syntax
     * @param substitution
     *            in RE2's syntax: {@code \1} is the first group
     */
    record Rewrite(String pattern, String substitution) {
    }

    /**
     * The value of a cookie.
     *
     * @param made
     *            what is set where the client brings none; null: none is set
     */
    record Cookie(String name, @Nullable MadeCookie made) implements HashKey {
    }

    /**
     * A cookie that the proxy gives to a client, as RFC 6265 section 4.1 has it.
     *
     * @param ttlSeconds
     *            how long it lives; 0: as long as the client's session
     * @param path
     *            of which paths; empty: not said
     * @param attributes
     *            others, each {@code name} or {@code name=value}
     */
    record MadeCookie(long ttlSeconds, String path, List<String> attributes) {
        public MadeCookie {
            attributes = List.copyOf(attributes);
        }
    }

    /** The client's IP address. */
    record SourceIp() implements HashKey {
    }

    /** The first value of a parameter of the query, as it stands. */
    record QueryParameter(String name) implements HashKey {
    }

    /** What filters have left of the request, or of the connection, under a key, where it can be hashed. */
    record FilterState(String key) implements HashKey {
    }
}
