package io.weir.filters.cache;

import io.weir.filters.cache.Flights.Landing;
import io.weir.filters.cache.Flights.Role;
import io.weir.http.filter.FilterExchange;
import io.weir.net.transport.TimerWheel;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the exchange at hand is to others who want the same: it waits for one of them, or they wait for it. Serves one
 * exchange after another; belongs to one worker.
 */
final class Company {
    private final Cache cache;
    private final FilterExchange exchange;
    private final Consumer<Landing> told;
    private final TimerWheel.Timer patience = new TimerWheel.Timer() {
        @Override
        protected void expired(long nowNanos) {
            impatient(nowNanos);
        }
    };

    /** Another one with each exchange, so that what comes late knows that it does. */
    private int turn;
    private String key = "";
    private long patienceEndNanos;
    private Flights.@Nullable Waiter waiter;
    /** Under which key others wait for this exchange. */
    private @Nullable String leads;

    /**
     * Nobody's yet.
     *
     * @param told
     *            what is told of the one that was waited for; the waiting is over then
     */
    Company(Cache cache, FilterExchange exchange, Consumer<Landing> told) {
        this.cache = cache;
        this.exchange = exchange;
        this.told = told;
    }

    /** Another exchange begins. */
    void begin() {
        turn++;
        patienceEndNanos = 0;
        leads = null;
    }

    /** Whether it waits now; else it goes, and perhaps others wait for it. */
    boolean waits(String wanted) {
        key = wanted;
        long now = exchange.worker().nowNanos();
        if (patienceEndNanos == 0) {
            patienceEndNanos = now + cache.spec.patience().allNanos();
        } else if (patienceEndNanos - now <= 0) {
            return false;
        }
        int mine = turn;
        var loop = exchange.worker().loop();
        Flights.Waiter me = how -> loop.execute(() -> landed(mine, how));
        var role = cache.flights.join(key, me, now);
        switch (role) {
            case LEAD -> leads = key;
            case WAIT -> {
                waiter = me;
                cache.numbers.waited().increment();
                exchange.worker().timers().arm(patience,
                        Math.min(patienceEndNanos, now + cache.spec.patience().headNanos()));
            }
            case ALONE -> {
                // nobody waits for it
            }
        }
        return role == Role.WAIT;
    }

    /** Whether another goes already; else this one does, and perhaps others wait for it. */
    boolean another(String wanted) {
        key = wanted;
        return switch (cache.flights.lead(key, exchange.worker().nowNanos())) {
            case LEAD -> {
                leads = key;
                yield false;
            }
            case WAIT -> true;
            case ALONE -> false;
        };
    }

    private void landed(int whose, Landing how) {
        if (whose == turn && waiter != null) {
            stopWaiting();
            told.accept(how);
        }
    }

    /** A head that may be kept has come in time: the body may take longer. Else it is for all who wait to go. */
    private void impatient(long nowNanos) {
        if (patienceEndNanos - nowNanos > 0 && cache.flights.coming(key)) {
            exchange.worker().timers().arm(patience, patienceEndNanos);
            return;
        }
        cache.flights.givenUp(key, nowNanos);
        landed(turn, Landing.PRIVATE);
    }

    private void stopWaiting() {
        var me = waiter;
        if (me != null) {
            waiter = null;
            exchange.worker().timers().cancel(patience);
            cache.flights.leave(key, me);
        }
    }

    /** The head of what others wait for has come, and they may have the response. */
    void coming() {
        if (leads != null) {
            cache.flights.comes(leads);
        }
    }

    /** The one that others wait for knows how it is. */
    void land(Landing how) {
        var flight = leads;
        if (flight != null) {
            leads = null;
            cache.flights.landed(flight, how, exchange.worker().nowNanos());
        }
    }

    /** Leaves it to the caller to say how it is; null where nobody waits. */
    @Nullable
    String handOver() {
        var flight = leads;
        leads = null;
        return flight;
    }

    /** The exchange is over. */
    void ended() {
        turn++;
        stopWaiting();
        land(Landing.LOST);
    }
}
