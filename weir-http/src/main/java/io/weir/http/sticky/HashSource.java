package io.weir.http.sticky;

import io.weir.core.hash.HashKey;
import org.jspecify.annotations.Nullable;

/** What a request's hash is made of that does not stand in its head. */
public interface HashSource {
    /** Whether the client has an IP address. */
    boolean hasClientIp();

    /** The hash of the client's IP address as text, where it {@link #hasClientIp}. */
    long clientIpHash();

    /**
     * A client brings no such cookie, and is to be given one.
     *
     * @return its value; null where none is given
     */
    @Nullable
    String made(HashKey.Cookie cookie);

    /** What filters have left under a key, where it can be hashed; null: nothing. */
    @Nullable
    String hashable(String key);
}
