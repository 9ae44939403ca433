package io.weir.filters.cache;

import io.weir.filters.cache.Flights.Landing;
import io.weir.filters.cache.rules.ByteRange;
import io.weir.filters.cache.rules.Content;
import io.weir.filters.cache.rules.Freshness;
import io.weir.filters.cache.rules.StoredResponse;
import io.weir.filters.cache.store.CacheStore;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.BodyPart;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The cache at one connection. An exchange that it has something to say to looks for what is kept, and then answers out
 * of it, asks a host whether that still holds, waits for another one's answer, or goes and keeps what comes.
 */
final class CacheStep implements BodyStep {
    private static final Flow.Reply ONLY_IF_CACHED = new Flow.Reply(504, new byte[0], "cache.only_if_cached", 0);

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
    private final Asked asked;
    private final Company company;
    private final Brought brought;
    private final Pouring pouring;

    /** Another one with each exchange, so that what comes late knows that it does. */
    private int turn;
    private State state = State.BESIDE;
    private boolean mayWait;
    private boolean waited;
    /** What was found last, whose content is given back when it is not needed any more. */
    private @Nullable StoredResponse found;
    /** The same where it cannot be used as it is. */
    private @Nullable StoredResponse stale;
    private boolean validates;
    private @Nullable Answer answer;
    /** The answer's body comes behind a head that says nothing of it yet. */
    private boolean announced;

    CacheStep(Cache cache, FilterExchange exchange) {
        this.cache = cache;
        this.exchange = exchange;
        this.asked = new Asked(cache, exchange);
        this.company = new Company(cache, exchange, this::wake);
        this.brought = new Brought(cache, exchange, asked, company);
        this.pouring = new Pouring(this, exchange, () -> cache.forget(asked.key));
    }

    // ---- the request ----

    @Override
    public Flow requestHead(HttpHead head) {
        clear();
        mayWait = true;
        waited = false;
        company.begin();
        return switch (asked.begin(head)) {
            case FOREIGN -> {
                Status.passes(exchange, Status.Why.BYPASS);
                yield Flow.NEXT;
            }
            case CHANGES -> {
                Status.passes(exchange, Status.Why.METHOD);
                state = State.CHANGES;
                yield Flow.NEXT;
            }
            case READS -> look();
        };
    }

    /** Looks for what is kept; what blocks is done beside, and the request waits. */
    private Flow look() {
        state = State.HELD;
        holds(null);
        brought.begin(cache.store.version(asked.key.uri()));
        if (!cache.store.blocks()) {
            return found(cache.find(asked.key));
        }
        if (!cache.store.mayHave(asked.key.stored())) {
            return found(null);
        }
        int mine = turn;
        var wanted = asked.key;
        var loop = exchange.worker().loop();
        boolean looked = cache.beside(() -> {
            StoredResponse stored = null;
            try {
                stored = cache.findOrNothing(wanted);
            } finally { // whatever happens, the request goes on
                var result = stored;
                loop.execute(() -> {
                    if (mine == turn && state == State.HELD) {
                        goOn(found(result));
                    } else {
                        CacheStore.giveBack(result);
                    }
                });
            }
        });
        return looked ? Flow.PAUSE : pass();
    }

    private void holds(@Nullable StoredResponse stored) {
        CacheStore.giveBack(found);
        found = stored;
    }

    private Flow pass() {
        Status.passes(exchange, Status.Why.BYPASS);
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
        holds(stored);
        long now = brought.nowMillis();
        if (stored != null && asked.authorized && !stored.directives().sharesAuthorized()) {
            // what anybody gets may not be what this one should (RFC 9111 section 3.5, the other way round)
            cache.numbers.miss().increment();
            state = State.GONE;
            return Flow.NEXT;
        }
        if (stored != null && Freshness.usable(stored, asked.says, now)) {
            cache.numbers.hit().increment();
            return hit(stored, now);
        }
        if (asked.says.onlyIfCached()) {
            state = State.BESIDE;
            return ONLY_IF_CACHED;
        }
        stale = stored;
        if (asked.isHead || (stored == null && asked.conditions.range() != null) || asked.says.noCache()
                || !mayWait) {
            return leaves();
        }
        if (asked.authorized) { // what comes of it is seldom for others: nobody waits for it, and it waits for nobody
            return leaves();
        }
        if (stored != null && Freshness.usableWhileAsked(stored, asked.says, now)) {
            if (company.another(asked.key.primary())) {
                cache.numbers.staleWhileAsked().increment();
                return hit(stored, now);
            }
            return leaves();
        }
        return company.waits(asked.key.primary()) ? Flow.PAUSE : leaves();
    }

    private Flow hit(StoredResponse stored, long nowMillis) {
        var made = Answer.of(stored, asked.conditions, asked.isHead, nowMillis);
        if (made == null) {
            return pass();
        }
        Status.hit(exchange, stored, waited, nowMillis);
        answer = made;
        state = State.ANSWERED;
        announced = made.length() > Pouring.PIECE_BYTES
                || (made.length() > 0 && stored.content() instanceof Content.Filed);
        if (!announced) {
            return made.reply();
        }
        if (!asked.isHead) {
            pouring.begin(stored.content(), made.first(), made.length());
        }
        return made.announcement();
    }

    /** It goes to a host: with a question where there is something to ask about, else as it came. */
    private Flow leaves() {
        state = State.GONE;
        validates = asked.asksAbout(stale);
        (validates ? cache.numbers.validate() : cache.numbers.miss()).increment();
        return Flow.NEXT;
    }

    // ---- waiting for another ----

    private void wake(Landing how) {
        waited = true;
        goOn(switch (how) {
            case STORED -> {
                mayWait = false; // what came may be another variant, and the next one too
                yield look();
            }
            case LOST -> look();
            case PRIVATE -> leaves();
            case FAILED -> {
                var known = stale;
                long now = brought.nowMillis();
                if (known != null && Freshness.usableInsteadOfError(known, asked.says, now)) {
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
                if (mine != null) {
                    answered(mine, response, last);
                }
            }
            case CHANGES -> {
                state = State.COMES;
                asked.changed(response);
            }
            case GONE -> {
                state = State.COMES;
                int status = response.status();
                var instead = brought.head(stale, validates, response, last);
                Status.came(exchange, asked.says.noCache()
                        ? Status.Why.REQUEST
                        : stale == null ? Status.Why.MISS : Status.Why.STALE, status, brought.kept());
                if (instead != null) {
                    replace(instead, response);
                }
            }
            case BESIDE, HELD, COMES -> {
                // it is nobody's business here
            }
        }
        return Flow.NEXT;
    }

    private void answered(Answer mine, HttpHead response, boolean last) {
        if (!announced) {
            mine.write(response);
        } else if (last) { // a HEAD's
            pouring.clear();
            mine.writeBodyless(response);
        } else {
            mine.replace(response);
        }
    }

    /** The client gets what is kept in place of what the host says. */
    private void replace(StoredResponse stored, HttpHead response) {
        var instead = Answer.of(stored, asked.conditions, asked.isHead, brought.nowMillis());
        if (instead == null) { // several parts: all of it is an answer too (RFC 9110 section 14.2)
            instead = new Answer(stored, stored.status(), ByteRange.WHOLE, stored.ageSeconds(brought.nowMillis()));
        }
        instead.replace(response);
        if (instead.length() == 0) {
            return;
        }
        pouring.begin(stored.content(), instead.first(), instead.length());
        switch (stored.content()) { // at once: what the host still owes may never come
            case Content.Bytes _ -> pouring.all();
            case Content.Filed _ -> {
                exchange.responsePassage().hold(this);
                pouring.pour();
            }
        }
    }

    @Override
    public Flow responseData(BodyPart part, boolean last) {
        if (brought.replaced()) {
            part.drop();
            return pouring.active() ? Flow.PAUSE : Flow.NEXT;
        }
        if (pouring.active()) {
            part.drop(); // it stood for what comes now
            return pouring.pour() ? Flow.NEXT : Flow.PAUSE;
        }
        brought.data(stale, part, last);
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
        if (brought.replaced()) { // they are about what was put away
            for (int i = 0; i < trailers.count(); i++) {
                trailers.remove(i);
            }
        }
        brought.trailers(stale);
        return Flow.NEXT;
    }

    @Override
    public void ended(long nowNanos) {
        company.ended();
        clear();
    }

    private void clear() {
        turn++;
        state = State.BESIDE;
        holds(null);
        stale = null;
        validates = false;
        answer = null;
        announced = false;
        asked.clear();
        brought.clear();
        pouring.clear();
    }
}
