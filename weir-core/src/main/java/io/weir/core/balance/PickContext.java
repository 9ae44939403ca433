package io.weir.core.balance;

import io.weir.core.model.Criteria;
import io.weir.core.model.Host;
import java.net.SocketAddress;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a picker may ask about one request. Read on the calling thread during the pick only. */
public interface PickContext {
    /** What consistent hashing goes by; any number where {@link #hashed} is false. */
    long hash();

    /** Whether a hash policy found something to hash; where none did, consistent hashing draws at random. */
    default boolean hashed() {
        return false;
    }

    /** The caller's dice; need not be safe from several threads. */
    RandomGenerator random();

    /** The caller's time. */
    long nowNanos();

    /** Already tried for this request: avoided while another host is to be had, used when none is. */
    default boolean excluded(Host host) {
        return false;
    }

    /** Whether this request has been given to a host before: what is asked of a request once is not asked again. */
    default boolean repeated() {
        return false;
    }

    /**
     * Whether hosts of this priority are left out while those of another can carry the request; asked only where
     * {@link #repeated()}.
     *
     * @param priority
     *            0 for the best
     */
    default boolean excluded(int priority) {
        return false;
    }

    /** What the route asks of the host's metadata; null: nothing. */
    default @Nullable Criteria criteria() {
        return null;
    }

    /**
     * Address of a host that the request is bound to, by its session or by what it names itself, as
     * {@link Host#addressText}.
     *
     * @param n
     *            0 for the first choice, then 1, 2 ...
     * @return null: no more
     */
    default @Nullable String overrideHost(int n) {
        return null;
    }

    /** Whether only a host that the request is bound to may have it, tried or not; else it is refused. */
    default boolean overrideStrict() {
        return false;
    }

    /** Where the request itself says that it goes, for clusters whose hosts come from their requests; null: nowhere. */
    default @Nullable SocketAddress destination() {
        return null;
    }
}
