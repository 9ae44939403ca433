package io.weir.core.tls;

import org.jspecify.annotations.Nullable;

/** Where a certificate, a key or another secret comes from: Envoy's {@code DataSource}. Immutable; any thread. */
public sealed interface DataSource {

    /**
     * A file, read when its user is made and again when it has changed.
     *
     * @param watched
     *            the directory whose changes say that the file has changed; null: the file's own
     */
    record File(String path, @Nullable String watched) implements DataSource {
        /** One whose own changes count. */
        public File(String path) {
            this(path, null);
        }
    }

    /**
     * Written in the configuration.
     *
     * @param bytes
     *            each character is a byte
     */
    record Inline(String bytes) implements DataSource {
        /** Says nothing of what it holds: it may be a key. */
        @Override
        public String toString() {
            return "Inline[" + bytes.length() + " bytes]";
        }
    }

    /** A variable of the process' environment. */
    record Environment(String variable) implements DataSource {
    }
}
