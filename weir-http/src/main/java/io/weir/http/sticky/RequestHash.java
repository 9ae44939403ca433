package io.weir.http.sticky;

import io.weir.core.hash.HashKeys;
import io.weir.http.codec.HttpHead;
import io.weir.net.transport.Worker;
import io.weir.net.transport.WorkerSlot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The hash of one request after another, by the keys of its route or its cluster: XXH64 of each key, put together as
 * Envoy does. Belongs to one worker.
 */
public final class RequestHash {
    /** Keys that a worker keeps ready: more are of configurations that are gone. */
    private static final int KEPT_MAX = 1024;
    private static final WorkerSlot<Map<HashKeys, Method[]>> METHODS = WorkerSlot.of(_ -> new HashMap<>());

    private final Map<HashKeys, Method[]> methods;
    private boolean found;
    private long value;

    private record Method(HashMethod method, boolean terminal) {
    }

    public RequestHash(Worker worker) {
        this(worker.slot(METHODS));
    }

    private RequestHash(Map<HashKeys, Method[]> methods) {
        this.methods = methods;
    }

    /** One with no worker around it, for tests. */
    static RequestHash alone() {
        return new RequestHash(new HashMap<>());
    }

    /** Whether the last {@link #compute} found something to hash. */
    public boolean found() {
        return found;
    }

    /** The hash, where there is one. */
    public long value() {
        return value;
    }

    /** Hashes what the keys find in this request. */
    public void compute(HashKeys keys, HttpHead head, HashSource source) {
        found = false;
        value = 0;
        for (Method each : methods(keys)) {
            each.method.add(head, source, this);
            if (each.terminal && found) {
                return;
            }
        }
    }

    private Method[] methods(HashKeys keys) {
        Method[] known = methods.get(keys);
        if (known == null) {
            if (methods.size() >= KEPT_MAX) {
                methods.clear();
            }
            List<HashKeys.Rule> rules = keys.rules();
            known = rules.stream().map(rule -> new Method(HashMethod.of(rule.key()), rule.terminal()))
                    .toArray(Method[]::new);
            methods.put(keys, known);
        }
        return known;
    }

    void add(long hash) {
        value = HashKeys.joined(value, hash);
        found = true;
    }
}
