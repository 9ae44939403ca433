package io.weir.net.tunnel;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy is asked for: bytes to and from somewhere. Immutable.
 *
 * @param authority
 *            where they are to go, such as {@code db.example:5432}
 * @param postPath
 *            the path of a POST whose body they are; null: CONNECT (RFC 9110 section 9.3.6)
 * @param fields
 *            of the request's head
 */
public record TunnelRequest(String authority, @Nullable String postPath, List<Field> fields) {
    /** A line of the head. */
    public record Field(String name, String value) {
    }

    public TunnelRequest {
        fields = List.copyOf(fields);
    }
}
