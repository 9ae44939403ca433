package io.weir.xds.spec;

import io.weir.core.admit.TokenBucket;
import io.weir.core.socket.TlvChoice;
import java.util.List;
import java.util.Set;

/** What looks at a connection before its filter chain is chosen. Immutable. */
public sealed interface ListenerFilterSpec {
    /**
     * Finds out whether a client speaks TLS, and which name and protocols it asks for.
     *
     * @param closesBroken
     *            whether a connection that begins as TLS and goes on as something else is closed
     * @param ja3
     *            whether the fingerprint JA3 of the client is worked out
     * @param ja4
     *            whether JA4 is
     */
    record TlsInspector(boolean closesBroken, boolean ja3, boolean ja4) implements ListenerFilterSpec {
        /** One that only looks for names and protocols. */
        public static final TlsInspector PLAIN = new TlsInspector(false, false, false);
    }

    /** Finds out whether a client speaks HTTP, and which version. */
    record HttpInspector() implements ListenerFilterSpec {
    }

    /** Finds out where a redirected connection was going. */
    record OriginalDst() implements ListenerFilterSpec {
    }

    /**
     * Has connections to hosts come from their clients' addresses.
     *
     * @param bindsPort
     *            whether they come from the client's port too
     * @param mark
     *            of their packets (SO_MARK); 0: none
     */
    record OriginalSrc(boolean bindsPort, int mark) implements ListenerFilterSpec {
    }

    /**
     * Lets so many connections through in a while, and closes the others before anything is read of them.
     *
     * @param statPrefix
     *            in {@code listener_local_ratelimit.<statPrefix>.}
     */
    record LocalRateLimit(String statPrefix, TokenBucket.Rule bucket, boolean enabled) implements ListenerFilterSpec {
    }

    /**
     * Reads what a proxy before us tells of the client (the PROXY protocol).
     *
     * @param statPrefix
     *            in {@code proxy_proto.<statPrefix>.}; may be empty
     * @param withoutAllowed
     *            whether connections may come without it
     * @param versionsRefused
     *            1, 2
     * @param rules
     *            which of the values that come with it are kept
     * @param passed
     *            which of them hosts may be told
     */
    record ProxyProtocol(String statPrefix, boolean withoutAllowed, Set<Integer> versionsRefused, List<TlvRule> rules,
            TlvChoice passed) implements ListenerFilterSpec {
        public ProxyProtocol {
            versionsRefused = Set.copyOf(versionsRefused);
            rules = List.copyOf(rules);
        }
    }

    /**
     * Keeps a value that the PROXY protocol brings as dynamic metadata.
     *
     * @param type
     *            of the value
     */
    record TlvRule(int type, String namespace, String key) {
    }
}
