package io.weir.core.stats;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A place in the tree of names. Asking twice for the same child or metric gives the same one, so two users of a name
 * share its numbers. Safe from any thread; meant for configuration time: bind metrics once, then only write to them.
 */
public final class Scope {
    private record Key(String segment, @Nullable String tagKey) {
        // Written out: the generated ones are linked at run time, which costs 25 ms of every start.
        @Override
        public int hashCode() {
            return segment.hashCode() * 31 + (tagKey == null ? 0 : tagKey.hashCode());
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && segment.equals(key.segment) && Objects.equals(tagKey, key.tagKey);
        }
    }

    private final @Nullable Scope parent;
    private final String segment;
    private final @Nullable String tagKey;
    private final Map<Key, Scope> children = new HashMap<>();
    private final Map<String, Metric> metrics = new HashMap<>();

    Scope(@Nullable Scope parent, String segment, @Nullable String tagKey) {
        this.parent = parent;
        this.segment = segment;
        this.tagKey = tagKey;
    }

    /** The scope {@code <this>.<segment>}. */
    public Scope child(String segment) {
        return child(new Key(sanitized(segment), null));
    }

    /**
     * The scope {@code <this>.<tagValue>}, whose last part is the value of a tag such as {@code envoy.cluster_name}.
     */
    public Scope tagged(String tagKey, String tagValue) {
        return child(new Key(sanitized(tagValue), tagKey));
    }

    private synchronized Scope child(Key key) {
        return children.computeIfAbsent(key, k -> new Scope(this, k.segment, k.tagKey));
    }

    /** The counter {@code <this>.<name>}. */
    public Counter counter(String name) {
        return metric(Counter.class, name, leaf -> new Counter(new Identity(this, leaf, leaf, null)));
    }

    /**
     * A counter with a tag inside its last part: {@code upstream_rq_200} is {@code upstream_rq} with
     * {@code envoy.response_code} 200.
     *
     * @param plainName
     *            the last part without the tag's value
     */
    public Counter counter(String flatName, String plainName, String tagKey, String tagValue) {
        Tag tag = new Tag(tagKey, tagValue);
        return metric(Counter.class, flatName, leaf -> new Counter(new Identity(this, leaf, plainName, tag)));
    }

    /** The gauge {@code <this>.<name>}. */
    public Gauge gauge(String name) {
        return metric(Gauge.class, name, leaf -> new Gauge(new Identity(this, leaf, leaf, null)));
    }

    /**
     * The gauge {@code <this>.<name>}, whose value is asked of a source that any thread may call; the last one stands.
     */
    public Gauge gauge(String name, LongSupplier source) {
        Gauge gauge = gauge(name);
        gauge.source(source);
        return gauge;
    }

    /** The histogram {@code <this>.<name>}. */
    public Histogram histogram(String name) {
        return metric(Histogram.class, name, leaf -> new Histogram(new Identity(this, leaf, leaf, null)));
    }

    /** Takes this scope and all below out of the tree; numbers bound before still count, but nobody sees them. */
    public void remove() {
        Scope above = parent;
        if (above == null) {
            throw new IllegalStateException("the root stays");
        }
        synchronized (above) {
            above.children.remove(new Key(segment, tagKey), this);
        }
    }

    private synchronized <M extends Metric> M metric(Class<M> kind, String name, Function<String, M> made) {
        Metric metric = metrics.computeIfAbsent(name, made);
        if (!kind.isInstance(metric)) {
            throw new IllegalArgumentException(join(name) + " is a " + metric.getClass().getSimpleName());
        }
        return kind.cast(metric);
    }

    void forEach(Consumer<Metric> action) {
        List<Scope> below;
        List<Metric> own;
        synchronized (this) {
            below = List.copyOf(children.values());
            own = List.copyOf(metrics.values());
        }
        own.forEach(action);
        below.forEach(child -> child.forEach(action));
    }

    String join(String leaf) {
        StringBuilder out = new StringBuilder();
        appendFlat(out);
        return out.append(leaf).toString();
    }

    String plainJoin(String leaf) {
        StringBuilder out = new StringBuilder();
        appendPlain(out);
        return out.append(leaf).toString();
    }

    List<Tag> tags() {
        List<Tag> tags = parent == null ? new ArrayList<>() : parent.tags();
        if (tagKey != null) {
            tags.add(new Tag(tagKey, segment));
        }
        return tags;
    }

    private void appendFlat(StringBuilder out) {
        if (parent != null) {
            parent.appendFlat(out);
            out.append(segment).append('.');
        }
    }

    private void appendPlain(StringBuilder out) {
        if (parent != null) {
            parent.appendPlain(out);
            if (tagKey == null) {
                out.append(segment).append('.');
            }
        }
    }

    /** As Envoy does: a name goes into lines of {@code name: value}, so it holds no colon, and no line end. */
    private static String sanitized(String name) {
        return name.replace("://", "_").replace(":/", "_").replace(':', '_').replace('\0', '_').replace('\n', '_')
                .replace('\r', '_');
    }
}
