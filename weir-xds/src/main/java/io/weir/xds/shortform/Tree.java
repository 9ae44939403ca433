package io.weir.xds.shortform;

import java.util.ArrayList;
import java.util.List;

import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Entry;
import io.weir.xds.yaml.Node.Kind;
import io.weir.xds.yaml.Node.Mapping;
import io.weir.xds.yaml.Node.Scalar;
import io.weir.xds.yaml.Node.Sequence;

import org.jspecify.annotations.Nullable;

/** Builds a mapping of Envoy's form; everything in it points at the place in the short form that it comes from. */
final class Tree {

    private final Position at;
    private final List<Entry> entries = new ArrayList<>();

    Tree(Position at) {
        this.at = at;
    }

    /** An extension: {@code name} and {@code typed_config} with its type. */
    static Mapping extension(Position at, String name, Tree config) {
        return new Tree(at).put("name", name).put("typed_config", config).mapping();
    }

    /** The beginning of a {@code typed_config}. */
    static Tree typed(Position at, String type) {
        return new Tree(at).put("@type", "type.googleapis.com/" + type);
    }

    Tree put(String key, Node value) {
        entries.add(new Entry(value.at(), key, value));
        return this;
    }

    /** Puts a value that may not be there. */
    Tree putIf(String key, @Nullable Node value) {
        return value == null ? this : put(key, value);
    }

    Tree put(String key, Tree value) {
        return put(key, value.mapping());
    }

    Tree put(String key, String text) {
        return put(key, text(at, text));
    }

    Tree put(String key, boolean value) {
        return put(key, new Scalar(at, Boolean.toString(value), Kind.BOOLEAN));
    }

    Tree put(String key, List<? extends Node> items) {
        return put(key, new Sequence(items.isEmpty() ? at : items.getFirst().at(), List.copyOf(items)));
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    Mapping mapping() {
        return new Mapping(at, entries);
    }

    static Scalar text(Position at, String text) {
        return new Scalar(at, text, Kind.TEXT);
    }

    static Scalar number(Position at, long number) {
        return new Scalar(at, Long.toString(number), Kind.INTEGER);
    }
}
