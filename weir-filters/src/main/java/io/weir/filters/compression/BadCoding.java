package io.weir.filters.compression;

/** A body is not what its {@code content-encoding} says. */
public final class BadCoding extends Exception {
    private static final long serialVersionUID = 1;

    BadCoding(String message) {
        super(message, null, false, false);
    }
}
