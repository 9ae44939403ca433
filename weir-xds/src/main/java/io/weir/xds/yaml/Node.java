package io.weir.xds.yaml;

import java.util.List;

import io.weir.xds.resource.Position;

import org.jspecify.annotations.Nullable;

/**
 * A part of a text that was parsed: a scalar, a sequence or a mapping, with the place where it begins. An alias is the
 * same object as its anchor, so that a tree may share parts; it has no cycles and at most {@link ConfigText#DEPTH_MAX}
 * levels. Immutable; any thread.
 */
public sealed interface Node {

    /** Where it begins. */
    Position at();

    /** What a plain scalar looks like: the core schema of YAML 1.2, with the words that Envoy takes for booleans. */
    enum Kind {
        /** Quoted, a block, or plain text that looks like nothing else. */
        TEXT,
        /** true, false, yes, no, on, off, y, n. */
        BOOLEAN,
        /** 12, -3, 0x1f, 0o17. */
        INTEGER,
        /** 1.5, 1e3, .inf, .nan. */
        FLOAT,
        /** Nothing, ~, null. */
        NULL
    }

    /**
     * One value.
     *
     * @param text
     *            as written, without its quotes
     * @param kind
     *            what it looks like; the field that takes it has the last word
     */
    record Scalar(Position at, String text, Kind kind) implements Node {

        /** Whether nothing was written here: a field set to it counts as not set. */
        public boolean isNull() {
            return kind == Kind.NULL;
        }
    }

    /** A list of nodes, in the order of the text. */
    record Sequence(Position at, List<Node> items) implements Node {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /** Keys and their values, in the order of the text, each key once. */
    record Mapping(Position at, List<Entry> entries) implements Node {
        public Mapping {
            entries = List.copyOf(entries);
        }

        /** The value under this key, or null when the key was not written. Compares key by key. */
        public @Nullable Node find(String key) {
            Entry entry = entry(key);
            return entry == null ? null : entry.value();
        }

        /** The entry with this key, or null when the key was not written. Compares key by key. */
        public @Nullable Entry entry(String key) {
            for (Entry entry : entries) {
                if (entry.key().equals(key)) {
                    return entry;
                }
            }
            return null;
        }
    }

    /**
     * One line of a mapping.
     *
     * @param at
     *            where the key stands
     */
    record Entry(Position at, String key, Node value) {
    }
}
