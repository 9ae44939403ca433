package io.weir.http.sticky;

import io.weir.core.hash.HashKey.MadeCookie;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Where a client keeps which host its session is at: Envoy's {@code envoy.http.stateful_session}. What cannot be read
 * says nothing. A closed set; immutable, any thread. Addresses are those of {@code Host.addressText}.
 */
public sealed interface SessionState {
    /** Whether requests like this one belong to sessions at all. */
    boolean holds(HttpHead request);

    /** There are no words of the client's. */
    long ABSENT = -1;
    /** What is found changes the request. */
    long CHANGES = -2;

    /**
     * Where the client's words stand that {@link #find} reads. Of the same words it makes the same within a second.
     *
     * @return in {@link HttpHead#bytes()} the first byte in the upper half, the end in the lower; {@link #ABSENT}, or
     *         {@link #CHANGES} where each request must be asked
     */
    long locate(HttpHead request);

    /** What the request brings; null where it brings nothing. What it has to be stripped of is taken out. */
    @Nullable
    Session find(HttpHead request, long nowSeconds);

    /**
     * The request was answered by this host: the client is told what it must bring to come there again.
     *
     * @param before
     *            what it brought; null: nothing
     */
    void tell(HttpHead response, @Nullable Session before, String address, long nowSeconds);

    /**
     * What a client brought.
     *
     * @param address
     *            of the host; empty where the session says no host that could be used
     */
    record Session(String address) {
    }

    /**
     * In a cookie whose value is the Base64 of a message with the address and, where it does not live for ever, the
     * second since 1970 when it ends. The address alone is read too: what Envoy wrote once.
     */
    record InCookie(String name, MadeCookie cookie, CookieField field) implements SessionState {
        public InCookie(String name, MadeCookie cookie) {
            this(name, cookie, new CookieField(name));
        }

        /** As RFC 6265 section 5.1.4 matches paths: for others a browser would not keep the cookie. */
        @Override
        public boolean holds(HttpHead request) {
            String path = cookie.path();
            if (path.isEmpty() || path.equals("/")) {
                return true;
            }
            int start = request.pathStart();
            int end = start + path.length();
            if (end > request.pathEnd() || !request.equal(start, end, path)) {
                return false;
            }
            return path.endsWith("/") || end == request.pathEnd() || request.bytes()[end] == '/'
                    || request.bytes()[end] == '?' || request.bytes()[end] == '#';
        }

        @Override
        public long locate(HttpHead request) {
            long span = field.locate(request);
            return CookieField.isAbsent(span) ? ABSENT : span;
        }

        @Override
        public @Nullable Session find(HttpHead request, long nowSeconds) {
            String value = field.value(request);
            byte[] decoded = value == null ? null : decoded(value);
            String address = decoded == null
                    ? null
                    : SessionCookie.address(decoded, cookie.ttlSeconds() > 0,
                            nowSeconds);
            return address == null ? null : new Session(address);
        }

        @Override
        public void tell(HttpHead response, @Nullable Session before, String address, long nowSeconds) {
            if (before == null || !before.address().equals(address)) {
                long ttl = cookie.ttlSeconds();
                byte[] message = SessionCookie.message(address, ttl > 0 ? nowSeconds + ttl : 0);
                response.add(HeaderName.SET_COOKIE,
                        SetCookie.text(name, Base64.getEncoder().encodeToString(message), cookie));
            }
        }
    }

    /** In a header whose value is the Base64 of the address. */
    record InHeader(HeaderName name) implements SessionState {
        @Override
        public boolean holds(HttpHead request) {
            return true;
        }

        @Override
        public long locate(HttpHead request) {
            int line = request.find(name);
            return line < 0 ? ABSENT : (long) request.valueStart(line) << 32 | request.valueEnd(line);
        }

        @Override
        public @Nullable Session find(HttpHead request, long nowSeconds) {
            String value = request.value(name);
            byte[] decoded = value == null ? null : decoded(value);
            return decoded == null || decoded.length == 0
                    ? null
                    : new Session(new String(decoded, StandardCharsets.UTF_8));
        }

        @Override
        public void tell(HttpHead response, @Nullable Session before, String address, long nowSeconds) {
            if (before == null || !before.address().equals(address)) {
                response.set(name, encoded(address));
            }
        }
    }

    /**
     * In a header that is the host's own, whose value goes in an envelope with the address on the way to the client,
     * and out of it on the way back: Base64 of the address, {@code ;UV:}, Base64 of the host's value.
     */
    record InEnvelope(HeaderName name) implements SessionState {
        private static final String MARK = ";UV:";

        @Override
        public boolean holds(HttpHead request) {
            return true;
        }

        @Override
        public long locate(HttpHead request) {
            return CHANGES;
        }

        @Override
        public @Nullable Session find(HttpHead request, long nowSeconds) {
            String value = request.value(name);
            int mark = value == null ? -1 : value.indexOf(MARK);
            if (value == null || mark < 0) {
                return null;
            }
            byte[] address = decoded(value.substring(0, mark));
            byte[] own = decoded(value.substring(mark + MARK.length()));
            if (address == null || own == null) {
                return null;
            }
            request.set(name, new String(own, StandardCharsets.ISO_8859_1));
            return new Session(new String(address, StandardCharsets.UTF_8));
        }

        @Override
        public void tell(HttpHead response, @Nullable Session before, String address, long nowSeconds) {
            String own = response.value(name);
            if (own != null) {
                response.set(name, encoded(address) + MARK
                        + Base64.getEncoder().encodeToString(own.getBytes(StandardCharsets.ISO_8859_1)));
            }
        }
    }

    private static byte @Nullable [] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String encoded(String address) {
        return Base64.getEncoder().encodeToString(address.getBytes(StandardCharsets.UTF_8));
    }
}
