package io.weir.http.proxy;

import io.weir.http.codec.HeaderName;
import io.weir.net.transport.Worker;
import io.weir.net.transport.WorkerSlot;
import java.util.HashMap;
import java.util.Map;

/**
 * The headers that clusters are configured to read, made once for all requests. The core knows them as text only. Never
 * asked for what a request says, so that few are kept. Belongs to one worker.
 */
final class ConfiguredNames {
    /** Kept at once; more configurations than anybody has gone through begin anew. */
    private static final int KEPT_MAX = 1_024;

    private static final WorkerSlot<ConfiguredNames> SLOT = WorkerSlot.of(_ -> new ConfiguredNames());

    private final Map<String, HeaderName> kept = new HashMap<>();

    /** This worker's. */
    static ConfiguredNames of(Worker worker) {
        return worker.slot(SLOT);
    }

    /** The name of this text. */
    HeaderName name(String text) {
        HeaderName known = kept.get(text);
        if (known == null) {
            if (kept.size() >= KEPT_MAX) {
                kept.clear();
            }
            known = HeaderName.of(text);
            kept.put(text, known);
        }
        return known;
    }
}
