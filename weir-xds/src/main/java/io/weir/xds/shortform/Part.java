package io.weir.xds.shortform;

import java.util.ArrayList;
import java.util.List;

import io.weir.xds.resource.Nearest;
import io.weir.xds.resource.Position;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Entry;
import io.weir.xds.yaml.Node.Mapping;
import io.weir.xds.yaml.Node.Scalar;
import io.weir.xds.yaml.Node.Sequence;

import org.jspecify.annotations.Nullable;

/**
 * A part of a short form while it is read.
 *
 * @param node
 *            what was written
 * @param path
 *            where, in the words of the short form: {@code listen[0].routes[1].to}
 * @param problems
 *            where problems go
 */
record Part(Node node, String path, List<Problem> problems) {

    Position at() {
        return node.at();
    }

    void problem(String message, String cure) {
        problems.add(Problem.error(at(), path, shown(), message, cure));
    }

    /** Tells what rejects nothing. */
    void warn(String message, String cure) {
        problems.add(Problem.warning(at(), path, shown(), message, cure));
    }

    /** Whether this is a mapping; tells a problem when it is none. Keys that are not known are told too. */
    boolean isMapping(String what, List<String> keys) {
        if (!(node instanceof Mapping mapping)) {
            problem(what + " is a mapping", "its keys: " + String.join(", ", keys));
            return false;
        }
        for (Entry entry : mapping.entries()) {
            if (!keys.contains(entry.key())) {
                problems.add(Problem.error(entry.at(), Part.join(path, entry.key()), "", what + " has no such key",
                        Nearest.cure(entry.key(), keys, "its keys: " + String.join(", ", keys))));
            }
        }
        return true;
    }

    /** Whether every key is known: where one is not, what is missing may be what it was meant to be. */
    boolean hasOnly(List<String> keys) {
        return entries().stream().allMatch(entry -> keys.contains(entry.key()));
    }

    /** The value under a key; null when it was not written or says nothing. */
    @Nullable
    Part part(String key) {
        if (!(node instanceof Mapping mapping)) {
            return null;
        }
        Node value = mapping.find(key);
        return value == null || (value instanceof Scalar scalar && scalar.isNull())
                ? null
                : new Part(value, join(path, key), problems);
    }

    /** Whether a key was written with a value. */
    boolean has(String key) {
        return part(key) != null;
    }

    /** The node under a key that must be a single value, to be taken as it is; null when it was not written. */
    @Nullable
    Node scalar(String key) {
        Part part = part(key);
        return part == null || part.text() == null ? null : part.node();
    }

    /** The duration under a key, in the form that protobuf takes; null when it was not written or after a problem. */
    @Nullable
    Node duration(String key) {
        Part part = part(key);
        String text = part == null ? null : part.text();
        if (part == null || text == null) {
            return null;
        }
        String seconds = Lengths.seconds(text);
        if (seconds == null) {
            part.problem("this is no duration", "write a number with ms, s, m or h, such as 500ms or 1.5s");
            return null;
        }
        return Tree.text(part.at(), seconds);
    }

    /** The items of a list; a single value is a list of one. */
    List<Part> items() {
        if (!(node instanceof Sequence sequence)) {
            return List.of(this);
        }
        var items = new ArrayList<Part>();
        for (int i = 0; i < sequence.items().size(); i++) {
            items.add(new Part(sequence.items().get(i), path + "[" + i + "]", problems));
        }
        return items;
    }

    /** The items of the list under a key; none when it was not written. */
    List<Part> items(String key) {
        Part part = part(key);
        return part == null ? List.of() : part.items();
    }

    /** Names and what stands under them, for mappings whose keys are the person's own. */
    List<Part> named() {
        if (!(node instanceof Mapping mapping)) {
            return List.of();
        }
        return mapping.entries().stream().map(entry -> new Part(entry.value(), join(path, entry.key()), problems))
                .toList();
    }

    /** The keys of a mapping with their places. */
    List<Entry> entries() {
        return node instanceof Mapping mapping ? mapping.entries() : List.of();
    }

    /** The text of a single value; null after a problem when this is none. */
    @Nullable
    String text() {
        if (node instanceof Scalar scalar && !scalar.isNull()) {
            return scalar.text();
        }
        problem("a single value is due here", "write one value, not a list or a mapping");
        return null;
    }

    private String shown() {
        return switch (node) {
            case Scalar scalar -> scalar.text();
            case Sequence _ -> "a list";
            case Mapping _ -> "a mapping";
        };
    }

    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
