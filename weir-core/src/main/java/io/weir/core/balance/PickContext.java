package io.weir.core.balance;

import io.weir.core.model.Host;
import java.util.random.RandomGenerator;

/** What a picker may ask about one request. Read on the calling thread during the pick only. */
public interface PickContext {
    /** What consistent hashing goes by; any number where nothing was configured. */
    long hash();

    /** The caller's dice; need not be safe from several threads. */
    RandomGenerator random();

    /** Already tried for this request: avoided while another host is to be had, used when none is. */
    default boolean excluded(Host host) {
        return false;
    }
}
