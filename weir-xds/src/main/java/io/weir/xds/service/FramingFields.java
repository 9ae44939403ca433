package io.weir.xds.service;

import java.util.Locale;
import java.util.Set;

/** Fields that say how a request is framed, or where it goes: not the configuration's to add. Stateless. */
public final class FramingFields {
    private static final Set<String> NAMES = Set.of("host", "connection", "content-length", "transfer-encoding",
            "upgrade", "te", "trailer", "keep-alive", "proxy-connection", "expect");

    private FramingFields() {}

    /** Whether the field of this name is one of them, in letters of any size. */
    public static boolean has(String name) {
        return NAMES.contains(name.toLowerCase(Locale.ROOT));
    }
}
