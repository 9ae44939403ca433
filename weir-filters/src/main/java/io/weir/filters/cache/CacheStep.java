package io.weir.filters.cache;

import io.weir.filters.cache.Flights.Landing;
import io.weir.filters.cache.rules.ByteRange;
import io.weir.filters.cache.rules.Conditions;
import io.weir.filters.cache.rules.Directives;
import io.weir.filters.cache.rules.Freshness;
import io.weir.filters.cache.rules.RequestKey;
import io.weir.filters.cache.rules.Storable;
import io.weir.filters.cache.rules.StoredResponse;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.BodyPart;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.Flow;
import io.weir.http.route.Forward;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The cache at one connection. An exchange that it has something to say to looks for what is kept, and then answers out
 * of it, asks a host whether that still holds, waits for another one's answer, or goes and keeps what comes.
 */
final class CacheStep implements BodyStep {
    private static final Flow.Reply ONLY_IF_CACHED = new Flow.Reply(504, new byte[0], "cache.only_if_cached", 0);
    private static final HeaderName IF_RANGE = HeaderName.of("if-range");
    /** What a stale response may stand for (RFC 5861 section 4). */
    private static final Set<Integer> ERRORS = Set.of(500, 502, 503, 504);
    private static final Conditions NO_CONDITIONS = new Conditions(null, null, null, null);

    /** What the exchange at hand is to the cache. */
    private enum State {
        /** Nothing. */
        BESIDE,
        /** It may change what is kept. */
        CHANGES,
        /** It is being looked for, or waits for another. */
        HELD,
        /** It goes to a host. */
        GONE,
        /** Its answer is the cache's. */
        ANSWERED,
        /** A host's answer to it has been looked at, and is kept, passed on or put away as it comes. */
        COMES
    }

    private final Cache cache;
    private final FilterExchange exchange;
    private final Keeping keeping;
    private final Company company;
    private final Pouring pouring;

    /** Another one with each exchange, so that what comes late knows that it does. */
    private int turn;
    private State state = State.BESIDE;
    private @Nullable HttpHead request;
    private RequestKey key = new RequestKey("", Map.of());
    /** Of a request that changes something: its key without the path, and whom it asks. */
    private String host = "";
    private String authority = "";
    private long version;
    private Directives asks = new Directives();
    private Conditions conditions = NO_CONDITIONS;
    private boolean isHead;
    private boolean authorized;
    private boolean mayStore;
    private boolean mayWait;
    /** What was found, and cannot be used as it is. */
    private @Nullable StoredResponse stale;
    private boolean validates;
    private @Nullable Answer answer;
    private boolean drops;

    CacheStep(Cache cache, FilterExchange exchange) {
        this.cache = cache;
        this.exchange = exchange;
        this.keeping = new Keeping(cache);
        this.company = new Company(cache, exchange, this::wake);
        this.pouring = new Pouring(this, exchange);
    }

    // ---- the request ----

    @Override
    public Flow requestHead(HttpHead head) {
        begin();
        var route = exchange.route();
        var target = exchange.target();
        String at = route != null && target != null && route.action() instanceof Forward how
                ? Destination.of(head, how, target)
                : null;
        if (at == null) {
            return Flow.NEXT;
        }
        if (Storable.unsafe(head)) {
            state = State.CHANGES;
            host = cache.spec.key().host(head, at);
            authority = head.authority();
            key = new RequestKey(cache.spec.key().at(host, head.path()), Map.of());
            return Flow.NEXT;
        }
        asks = cache.spec.heedsRequests() ? Directives.ofRequest(head) : new Directives();
        if (!Storable.concerns(head) || asks.noStore()) {
            return Flow.NEXT;
        }
        request = head;
        key = RequestKey.of(head, cache.spec.key().key(head, at), cache.spec.allowedVary());
        conditions = Conditions.of(head);
        isHead = head.methodIs("HEAD");
        authorized = head.has(HeaderName.AUTHORIZATION);
        mayStore = !isHead;
        return look();
    }

    private void begin() {
        turn++;
        state = State.BESIDE;
        asks = new Directives();
        conditions = NO_CONDITIONS;
        mayWait = true;
        stale = null;
        validates = false;
        answer = null;
        company.begin();
        drops = false;
        keeping.clear();
        pouring.clear();
    }

    /** Looks for what is kept; what blocks is done beside, and the request waits. */
    private Flow look() {
        state = State.HELD;
        version = cache.version(key.primary());
        if (!cache.store.blocks()) {
            return found(cache.find(key));
        }
        if (!cache.store.mayHave(key.primary())) {
            return found(null);
        }
        int mine = turn;
        var wanted = key;
        var worker = exchange.worker();
        boolean looked = cache.beside(() -> {
            StoredResponse stored = null;
            try {
                stored = cache.findOrNothing(wanted);
            } finally { // whatever happens, the request goes on
                var result = stored;
                worker.loop().execute(() -> {
                    if (mine == turn && state == State.HELD) {
                        goOn(found(result));
                    }
                });
            }
        });
        return looked ? Flow.PAUSE : pass();
    }

    private Flow pass() {
        state = State.BESIDE;
        return Flow.NEXT;
    }

    private void goOn(Flow flow) {
        switch (flow) {
            case Flow.Next _ -> exchange.requestPassage().resume(this);
            case Flow.Pause _ -> {
                // it waits already
            }
            case Flow.Reply reply -> exchange.answer(reply);
        }
    }

    private Flow found(@Nullable StoredResponse stored) {
        long now = nowMillis();
        if (stored != null && authorized && !stored.directives().sharesAuthorized()) {
            // what anybody gets may not be what this one should (RFC 9111 section 3.5, the other way round)
            cache.numbers.miss().increment();
            state = State.GONE;
            return Flow.NEXT;
        }
        if (stored != null && Freshness.usable(stored, asks, now)) {
            return hit(stored, now);
        }
        if (asks.onlyIfCached()) {
            state = State.BESIDE;
            return ONLY_IF_CACHED;
        }
        stale = stored;
        if (isHead || (stored == null && conditions.range() != null) || asks.noCache() || !mayWait) {
            return leaves();
        }
        // what comes of credentials is seldom for others: nobody waits for it, and it waits for nobody
        return !authorized && company.waits(key.primary()) ? Flow.PAUSE : leaves();
    }

    private Flow hit(StoredResponse stored, long nowMillis) {
        var found = Answer.of(stored, conditions, isHead, nowMillis);
        if (found == null) {
            return pass();
        }
        cache.numbers.hit().increment();
        answer = found;
        state = State.ANSWERED;
        var body = found.body();
        if (isHead || body.readableBytes() <= Pouring.PIECE_BYTES) {
            return found.reply();
        }
        pouring.begin(body);
        return found.announcement();
    }

    /** It goes to a host: with a question where there is something to ask about, else as it came. */
    private Flow leaves() {
        state = State.GONE;
        var known = stale;
        var head = request;
        if (known == null || head == null || isHead || !known.hasValidator()) {
            cache.numbers.miss().increment();
            return Flow.NEXT;
        }
        cache.numbers.validate().increment();
        validates = true;
        head.remove(Conditions.IF_NONE_MATCH);
        head.remove(Conditions.IF_MODIFIED_SINCE);
        head.remove(HeaderName.RANGE); // all of it is what can be kept; the part is cut out here
        head.remove(IF_RANGE);
        if (known.etag() != null) {
            head.add(Conditions.IF_NONE_MATCH, known.etag());
        }
        if (known.lastModified() != null) {
            head.add(Conditions.IF_MODIFIED_SINCE, known.lastModified());
        }
        return Flow.NEXT;
    }

    // ---- waiting for another ----

    private void wake(Landing how) {
        goOn(switch (how) {
            case STORED -> {
                mayWait = false; // what came may be another variant, and the next one too
                yield look();
            }
            case LOST -> look();
            case PRIVATE -> leaves();
            case FAILED -> {
                var known = stale;
                long now = nowMillis();
                if (known != null && Freshness.usableInsteadOfError(known, asks, now)) {
                    cache.numbers.staleOnError().increment();
                    yield hit(known, now);
                }
                yield leaves();
            }
        });
    }

    // ---- the response ----

    @Override
    public Flow responseHead(HttpHead response, boolean last) {
        var mine = answer;
        switch (state) {
            case ANSWERED -> {
                if (mine != null && pouring.active() && !last) {
                    mine.replace(response, pouring.bytes());
                } else if (mine != null) {
                    pouring.clear();
                    mine.write(response);
                }
            }
            case CHANGES -> changed(response);
            case GONE -> {
                state = State.COMES;
                comes(response, last);
            }
            case BESIDE, HELD, COMES -> {
                // it is nobody's business here
            }
        }
        return Flow.NEXT;
    }

    private void comes(HttpHead response, boolean last) {
        var known = stale;
        boolean fromHost = exchange.fromHost();
        long now = nowMillis();
        if (known != null && validates && fromHost && response.status() == 304) {
            if (known.isMeantBy(response)) {
                stillHolds(known, response, now);
            } else { // another one's: the client gets what it asked about, and nobody else does
                cache.forget(key.primary());
                company.land(Landing.LOST);
                replace(known, response, now);
            }
            return;
        }
        if (ERRORS.contains(response.status())) {
            if (known != null && !isHead && Freshness.usableInsteadOfError(known, asks, now)) {
                cache.numbers.staleOnError().increment();
                drops = true;
                replace(known, response, now);
            }
            company.land(Landing.FAILED);
            return;
        }
        var names = fromHost && mayStore && Storable.response(response, authorized)
                ? Storable.vary(response, cache.spec.allowedVary())
                : null;
        if (names == null) {
            outdated(known, response, fromHost);
            company.land(fromHost ? Landing.PRIVATE : Landing.FAILED);
            return;
        }
        if (!keeping.begin(response, names, askedMillis(), now)) {
            givesUp(Landing.PRIVATE);
        } else if (last) {
            whole();
        } else {
            company.coming();
        }
    }

    /** What was kept is not what a host says now, and that is not for keeping: nobody shall get the old one. */
    private void outdated(@Nullable StoredResponse known, HttpHead response, boolean fromHost) {
        if (known != null && fromHost && !isHead && response.status() != 304 && response.status() < 400) {
            cache.forget(key.primary());
        }
    }

    private void stillHolds(StoredResponse known, HttpHead response, long now) {
        cache.numbers.notModified().increment();
        var fresh = known.refreshed(response, askedMillis(), now);
        var said = fresh.directives();
        if (said.noStore() || said.isPrivate() || (authorized && !said.sharesAuthorized())) {
            cache.forget(key.primary());
            company.land(Landing.PRIVATE);
        } else {
            var names = Storable.vary(fresh, cache.spec.allowedVary());
            if (names == null) {
                cache.forget(key.primary());
                company.land(Landing.PRIVATE);
            } else {
                keep(fresh, names);
            }
        }
        replace(fresh, response, now);
    }

    /** The client gets what is kept in place of what the host says. */
    private void replace(StoredResponse stored, HttpHead response, long now) {
        var instead = Answer.of(stored, conditions, isHead, now);
        if (instead == null) { // several parts: all of it is an answer too (RFC 9110 section 14.2)
            instead = new Answer(stored, stored.status(), ByteRange.WHOLE,
                    stored.ageSeconds(now));
        }
        var body = instead.body();
        instead.replace(response, body.readableBytes());
        if (body.isReadable()) {
            exchange.responsePassage().send(this, body);
        }
    }

    @Override
    public Flow responseData(BodyPart part, boolean last) {
        if (pouring.active()) {
            part.drop(); // it stood for what comes now
            return pouring.pour() ? Flow.NEXT : Flow.PAUSE;
        }
        if (drops) {
            part.drop();
        } else if (keeping.active()) {
            boolean tooLong = keeping.tooLong(part.data());
            if (tooLong || !keeping.add(part.data())) {
                givesUp(tooLong ? Landing.PRIVATE : Landing.LOST); // the next one may find room
            } else if (last) {
                whole();
            }
        }
        return Flow.NEXT;
    }

    @Override
    public void responseWritable() {
        if (pouring.active() && pouring.pour()) {
            exchange.responsePassage().resume(this);
        }
    }

    @Override
    public Flow responseEnd(HttpHead trailers) {
        if (keeping.active()) { // trailers would be lost, and may say what the body is worth
            givesUp(Landing.PRIVATE);
        }
        return Flow.NEXT;
    }

    private void givesUp(Landing how) {
        keeping.clear();
        cache.numbers.storeSkipped().increment();
        if (stale != null && how == Landing.PRIVATE) { // a host says something else by now, and that is not kept
            cache.forget(key.primary());
        }
        company.land(how);
    }

    /** All of the response has come. */
    private void whole() {
        var names = keeping.vary();
        var response = keeping.whole();
        if (response == null) {
            givesUp(Landing.LOST);
        } else {
            keep(response, names);
        }
    }

    private void keep(StoredResponse response, List<HeaderName> names) {
        var wanted = key;
        long asked = version;
        if (!cache.store.blocks()) {
            cache.keep(wanted, names, response, asked);
            company.land(Landing.STORED);
            return;
        }
        var flight = company.handOver();
        long now = exchange.worker().nowNanos();
        boolean done = cache.beside(() -> {
            try {
                cache.keep(wanted, names, response, asked);
            } finally { // those who wait look for themselves
                if (flight != null) {
                    cache.flights.landed(flight, Landing.STORED, now);
                }
            }
        });
        if (!done) {
            cache.numbers.storeSkipped().increment();
            if (flight != null) {
                cache.flights.landed(flight, Landing.LOST, now);
            }
        }
    }

    /** RFC 9111 section 4.4: what changed something without an error makes what is kept of it out of date. */
    private void changed(HttpHead response) {
        state = State.COMES;
        if (response.status() < 200 || response.status() >= 400 || !exchange.fromHost()) {
            return;
        }
        cache.forget(key.primary());
        for (String also : Storable.related(response, authority)) {
            cache.forget(cache.spec.key().at(host, also));
        }
    }

    @Override
    public void ended(long nowNanos) {
        turn++;
        company.ended();
        keeping.clear();
        pouring.clear();
        request = null;
        stale = null;
        answer = null;
        state = State.BESIDE;
    }

    private long nowMillis() {
        return exchange.formats().startEpochMicros() / 1_000
                + (exchange.worker().nowNanos() - exchange.startNanos()) / 1_000_000;
    }

    private long askedMillis() {
        return exchange.formats().startEpochMicros() / 1_000;
    }
}
