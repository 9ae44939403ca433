package io.weir.filters.cache;

import io.weir.filters.cache.Flights.Landing;
import io.weir.filters.cache.rules.Freshness;
import io.weir.filters.cache.rules.RequestKey;
import io.weir.filters.cache.rules.Storable;
import io.weir.filters.cache.rules.StoredResponse;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.BodyPart;
import io.weir.http.filter.FilterExchange;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a host has brought: whether it is kept, whether it renews what is kept or takes its place, and what those who
 * wait for it are told. Serves one exchange after another; belongs to one worker.
 */
final class Brought {
    /** What a stale response may stand for (RFC 5861 section 4). */
    private static final Set<Integer> ERRORS = Set.of(500, 502, 503, 504);

    private final Cache cache;
    private final FilterExchange exchange;
    private final Asked asked;
    private final Company company;
    private final Keeping keeping;
    private long version;
    private boolean replaced;
    private boolean kept;

    Brought(Cache cache, FilterExchange exchange, Asked asked, Company company) {
        this.cache = cache;
        this.exchange = exchange;
        this.asked = asked;
        this.company = company;
        this.keeping = new Keeping(cache);
    }

    /**
     * Another exchange begins, or looks again.
     *
     * @param before
     *            the store's number of changes: who sees another one later does not keep what comes
     */
    void begin(long before) {
        version = before;
        clear();
    }

    void clear() {
        replaced = false;
        kept = false;
        keeping.clear();
    }

    /** Whether what is kept takes the place of all that the host sends. */
    boolean replaced() {
        return replaced;
    }

    /** Whether what comes is kept, as far as can be told. */
    boolean kept() {
        return kept;
    }

    /**
     * A head has come.
     *
     * @param known
     *            what was found, and could not be used as it is
     * @param validates
     *            whether the host was asked about that
     * @return what the client gets in place of what comes; null: that
     */
    @Nullable
    StoredResponse head(@Nullable StoredResponse known, boolean validates, HttpHead response, boolean last) {
        boolean fromHost = exchange.fromHost();
        long now = nowMillis();
        if (asked.moved()) { // nothing is learnt of what is kept
            company.land(Landing.PRIVATE);
            replaced = known != null && validates && fromHost && response.status() == 304;
            return replaced ? known : null;
        }
        if (known != null && validates && fromHost && response.status() == 304) {
            replaced = true;
            if (known.isMeantBy(response)) {
                return stillHolds(known, response, now);
            }
            cache.forget(asked.key); // another one's: the client gets what it asked about, and nobody else does
            company.land(Landing.LOST);
            return known;
        }
        if (ERRORS.contains(response.status())) {
            boolean instead = known != null && !asked.isHead
                    && Freshness.usableInsteadOfError(known, asked.says, now);
            if (instead) {
                cache.numbers.staleOnError().increment();
                replaced = true;
            }
            company.land(Landing.FAILED);
            return instead ? known : null;
        }
        var names = fromHost && !asked.isHead && Storable.response(response, asked.authorized)
                ? Storable.vary(response, cache.spec.allowedVary())
                : null;
        if (names == null) {
            outdated(known, response, fromHost);
            company.land(fromHost ? Landing.PRIVATE : Landing.FAILED);
        } else if (!keeping.begin(response, names, askedMillis(), now)) {
            givesUp(known, Landing.PRIVATE);
        } else {
            kept = true;
            if (last) {
                whole(known);
            } else {
                company.coming();
            }
        }
        return null;
    }

    /** What was kept is not what a host says now, and that is not for keeping: nobody shall get the old one. */
    private void outdated(@Nullable StoredResponse known, HttpHead response, boolean fromHost) {
        if (known != null && fromHost && !asked.isHead && response.status() != 304 && response.status() < 400) {
            cache.forget(asked.key);
        }
    }

    private StoredResponse stillHolds(StoredResponse known, HttpHead response, long now) {
        cache.numbers.notModified().increment();
        var fresh = known.refreshed(response, askedMillis(), now);
        var said = fresh.directives();
        var names = said.noStore() || said.isPrivate() || (asked.authorized && !said.sharesAuthorized())
                ? null
                : Storable.vary(fresh, cache.spec.allowedVary());
        if (names == null) {
            cache.forget(asked.key);
            company.land(Landing.PRIVATE);
        } else {
            kept = true;
            keep(fresh, names);
        }
        return fresh;
    }

    /** A piece of what may be kept. */
    void data(@Nullable StoredResponse known, BodyPart part, boolean last) {
        if (!keeping.active()) {
            return;
        }
        boolean tooLong = keeping.tooLong(part.data());
        if (tooLong || !keeping.add(part.data())) {
            givesUp(known, tooLong ? Landing.PRIVATE : Landing.LOST); // the next one may find room
        } else if (last) {
            whole(known);
        }
    }

    /** Trailers would be lost, and may say what the body is worth. */
    void trailers(@Nullable StoredResponse known) {
        if (keeping.active()) {
            givesUp(known, Landing.PRIVATE);
        }
    }

    private void givesUp(@Nullable StoredResponse known, Landing how) {
        keeping.clear();
        cache.numbers.storeSkipped().increment();
        if (known != null && how == Landing.PRIVATE) { // a host says something else by now, and that is not kept
            cache.forget(asked.key);
        }
        company.land(how);
    }

    /** All of the response has come. */
    private void whole(@Nullable StoredResponse known) {
        var names = keeping.vary();
        var response = keeping.whole();
        if (response == null) {
            givesUp(known, Landing.LOST);
        } else {
            keep(response, names);
        }
    }

    private void keep(StoredResponse response, List<HeaderName> names) {
        RequestKey wanted = asked.key;
        long before = version;
        if (!cache.store.blocks()) {
            cache.keep(wanted, names, response, before);
            company.land(Landing.STORED);
            return;
        }
        var flight = company.handOver();
        long now = exchange.worker().nowNanos();
        var content = response.content();
        content.retain(); // what was only renewed is in a file, and the exchange may end before it is written anew
        boolean done = cache.beside(() -> {
            try {
                cache.keep(wanted, names, response, before);
            } finally { // those who wait look for themselves
                content.release();
                if (flight != null) {
                    cache.flights.landed(flight, Landing.STORED, now);
                }
            }
        });
        if (!done) {
            content.release();
            cache.numbers.storeSkipped().increment();
            if (flight != null) {
                cache.flights.landed(flight, Landing.LOST, now);
            }
        }
    }

    long nowMillis() {
        return askedMillis() + (exchange.worker().nowNanos() - exchange.startNanos()) / 1_000_000;
    }

    private long askedMillis() {
        return exchange.formats().startEpochMicros() / 1_000;
    }
}
