package io.weir.xds.yaml;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;

import io.weir.xds.resource.Position;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.Node.Entry;
import io.weir.xds.yaml.Node.Kind;
import io.weir.xds.yaml.Node.Mapping;
import io.weir.xds.yaml.Node.Scalar;
import io.weir.xds.yaml.Node.Sequence;

/**
 * Builds the tree from the parser's events, with an own stack, so that depth is bounded by a number and not by the
 * thread's. The library's own composer recurses and knows no positions of keys.
 */
final class Composer {
    private static final String IGNORED_TAG = "!ignore";
    private static final String MERGE_KEY = "<<";

    private final String file;
    private final List<Problem> problems;
    private final Deque<Frame> frames = new ArrayDeque<>();
    private final Map<String, Composed> anchors = new HashMap<>();
    private @Nullable Composed root;
    private int documents;
    private long aliased;

    Composer(String file, List<Problem> problems) {
        this.file = file;
        this.problems = problems;
    }

    /** A finished node, with how many nodes and levels it has once its aliases are followed. */
    private record Composed(Node node, long size, int height) {
    }

    /** A collection that is not closed yet. */
    private static final class Frame {
        final boolean mapping;
        final Position at;
        final @Nullable String anchor;
        final List<Node> items = new ArrayList<>();
        final Map<String, Position> keys = new HashMap<>();
        final List<Entry> entries = new ArrayList<>();
        final List<Entry> merged = new ArrayList<>();
        @Nullable
        Scalar key;
        boolean keySeen;
        boolean keyIgnored;
        long size = 1;
        int height = 1;

        Frame(boolean mapping, Position at, @Nullable String anchor) {
            this.mapping = mapping;
            this.at = at;
            this.anchor = anchor;
        }
    }

    @Nullable
    Node root() {
        return root == null ? null : root.node();
    }

    /** Takes the next event; false when reading on makes no sense. */
    boolean take(Event event) {
        switch (event.getEventId()) {
            case Scalar -> {
                return scalar((ScalarEvent) event);
            }
            case SequenceStart -> {
                return open(false, ((SequenceStartEvent) event), event);
            }
            case MappingStart -> {
                return open(true, ((MappingStartEvent) event), event);
            }
            case SequenceEnd, MappingEnd -> {
                return close();
            }
            case Alias -> {
                return alias((AliasEvent) event);
            }
            case DocumentStart -> {
                if (++documents > 1) {
                    problems.add(Problem.error(place(event), "", "", "a second document begins here",
                            "keep one configuration in a file"));
                    return false;
                }
            }
            case StreamStart, StreamEnd, DocumentEnd, Comment -> {
            }
        }
        return true;
    }

    private boolean open(boolean mapping, NodeEvent start, Event event) {
        if (frames.size() >= ConfigText.DEPTH_MAX) {
            return tooDeep(place(event));
        }
        if (start instanceof CollectionStartEvent collection) {
            tag(collection.getTag().orElse("!"), event);
        }
        frames.push(new Frame(mapping, place(event), name(start.getAnchor())));
        return true;
    }

    /** A tag that other programs make objects of means nothing here, and its writer meant something. */
    private void tag(String tag, Event event) {
        if (!Scalars.isTag(tag)) {
            problems.add(Problem.error(place(event), "", tag, "this tag is not known", "remove it"));
        }
    }

    private boolean tooDeep(Position at) {
        problems.add(Problem.error(at, "", "", "nested more than " + ConfigText.DEPTH_MAX + " levels deep",
                "flatten it"));
        return false;
    }

    private boolean scalar(ScalarEvent event) {
        String tag = event.getTag().orElse(null);
        Kind kind = Scalars.kind(event.getValue(), event.isPlain(), tag);
        Scalar scalar = new Scalar(place(event), event.getValue(), kind);
        Frame frame = frames.peek();
        if (frame != null && frame.mapping && !frame.keySeen) {
            frame.keyIgnored = IGNORED_TAG.equals(tag);
            if (!frame.keyIgnored) {
                tag(tag == null ? "!" : tag, event);
            }
            note(event.getAnchor(), new Composed(scalar, 1, 1));
            key(frame, scalar, event.isPlain());
            return true;
        }
        tag(tag == null ? "!" : tag, event);
        return done(new Composed(scalar, 1, 1), name(event.getAnchor()));
    }

    private void key(Frame frame, Scalar key, boolean plain) {
        frame.keySeen = true;
        frame.key = key;
        if (frame.keyIgnored || (plain && key.text().equals(MERGE_KEY))) {
            return;
        }
        Position first = frame.keys.putIfAbsent(key.text(), key.at());
        if (first != null) {
            problems.add(Problem.error(key.at(), "", key.text(),
                    "this key was already written at line " + first.line(), "keep one of them"));
            frame.keyIgnored = true;
        }
    }

    private boolean close() {
        Frame frame = frames.pop();
        Node node = frame.mapping ? new Mapping(frame.at, withMerged(frame)) : new Sequence(frame.at, frame.items);
        return done(new Composed(node, frame.size, frame.height), frame.anchor);
    }

    private boolean alias(AliasEvent event) {
        String name = event.getAlias().getValue();
        Composed target = anchors.get(name);
        if (target == null) {
            boolean open = false;
            for (Frame frame : frames) {
                open |= name.equals(frame.anchor);
            }
            problems.add(Problem.error(place(event), "", "*" + name,
                    open ? "this alias stands inside its own anchor" : "no anchor with this name stands above",
                    open ? "remove it" : "write &" + name + " before the value that is meant"));
            return done(new Composed(new Scalar(place(event), "", Kind.NULL), 1, 1), null);
        }
        aliased += target.size();
        if (aliased > ConfigText.ALIASED_NODES_MAX) {
            problems.add(Problem.error(place(event), "", "*" + name, "aliases add more than "
                    + ConfigText.ALIASED_NODES_MAX + " values to this text", "write fewer aliases of aliases"));
            return false;
        }
        Frame frame = frames.peek();
        if (frame != null && frame.mapping && !frame.keySeen && target.node() instanceof Scalar scalar) {
            key(frame, new Scalar(place(event), scalar.text(), Kind.TEXT), false);
            return true;
        }
        return done(target, null);
    }

    private boolean done(Composed composed, @Nullable String anchor) {
        if (anchor != null) {
            anchors.put(anchor, composed);
        }
        Frame frame = frames.peek();
        if (frame == null) {
            root = composed;
            return true;
        }
        frame.size += composed.size();
        frame.height = Math.max(frame.height, composed.height() + 1);
        if (frames.size() + composed.height() > ConfigText.DEPTH_MAX) {
            return tooDeep(composed.node().at());
        }
        if (!frame.mapping) {
            frame.items.add(composed.node());
        } else if (!frame.keySeen) {
            problems.add(Problem.error(composed.node().at(), "", "", "a list or a mapping stands where a key is due",
                    "write a name followed by \": \""));
            frame.keySeen = true;
            frame.keyIgnored = true;
        } else {
            value(frame, composed.node());
        }
        return true;
    }

    private void value(Frame frame, Node value) {
        Scalar key = frame.key;
        if (!frame.keyIgnored && key != null) {
            if (key.text().equals(MERGE_KEY) && !frame.keys.containsKey(MERGE_KEY)) {
                merge(frame, key.at(), value);
            } else {
                frame.entries.add(new Entry(key.at(), key.text(), value));
            }
        }
        frame.keySeen = false;
        frame.keyIgnored = false;
        frame.key = null;
    }

    /** The merge key of YAML 1.1 (yaml.org/type/merge): what is written beside it wins, and the first of a list. */
    private void merge(Frame frame, Position at, Node value) {
        switch (value) {
            case Mapping mapping -> frame.merged.addAll(mapping.entries());
            case Sequence list -> {
                for (Node item : list.items()) {
                    if (item instanceof Mapping mapping) {
                        frame.merged.addAll(mapping.entries());
                    } else {
                        notMergeable(item.at());
                    }
                }
            }
            case Scalar scalar -> notMergeable(at);
        }
    }

    private void notMergeable(Position at) {
        problems.add(Problem.error(at, "", MERGE_KEY, "only a mapping can be merged", "write <<: *name-of-a-mapping"));
    }

    private static List<Entry> withMerged(Frame frame) {
        for (Entry entry : frame.merged) {
            if (frame.keys.putIfAbsent(entry.key(), entry.at()) == null) {
                frame.entries.add(entry);
            }
        }
        return frame.entries;
    }

    private void note(Optional<Anchor> anchor, Composed composed) {
        String name = name(anchor);
        if (name != null) {
            anchors.put(name, composed);
        }
    }

    private static @Nullable String name(Optional<Anchor> anchor) {
        return anchor.isPresent() ? anchor.get().getValue() : null;
    }

    private Position place(Event event) {
        Optional<Mark> mark = event.getStartMark();
        return mark.isPresent()
                ? new Position(file, mark.get().getLine() + 1, mark.get().getColumn() + 1)
                : new Position(file, 1, 1);
    }
}
