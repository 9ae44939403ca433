package io.weir.http.proxy;

import io.weir.core.hedge.Backups;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.control.HedgeRule;
import io.weir.http.route.RetrySpec;

/**
 * When the request at hand goes to a further host beside the one that has it: only one that may be repeated, and only
 * when it is complete. Serves one exchange after another; belongs to one worker.
 */
final class Hedges {
    private final HttpStats stats;
    private HedgeRule rule = HedgeRule.NONE;
    private boolean onTryTimeout;
    private boolean allowed;
    private boolean begun;
    private long beganNanos;

    Hedges(HttpStats stats) {
        this.stats = stats;
    }

    /** A request begins. */
    void begin(HedgeRule how, HttpHead request, RetrySpec retry) {
        rule = how;
        onTryTimeout = how.onTryTimeout();
        if (request.has(HeaderName.X_ENVOY_HEDGE_ON_PER_TRY_TIMEOUT)) {
            String said = request.value(HeaderName.X_ENVOY_HEDGE_ON_PER_TRY_TIMEOUT);
            request.remove(HeaderName.X_ENVOY_HEDGE_ON_PER_TRY_TIMEOUT);
            onTryTimeout = "true".equals(said) || (onTryTimeout && !"false".equals(said));
        }
        allowed = (onTryTimeout || how.hedges()) && retry.repeatable(request);
        begun = false;
    }

    /** Whether the request may be at two hosts at once. */
    boolean allowed() {
        return allowed;
    }

    /** Whether a try that has taken too long goes on beside the next. */
    boolean onTryTimeout() {
        return allowed && onTryTimeout;
    }

    /**
     * The request is complete, and its first host has it. Once for each request.
     *
     * @param random
     *            any 64 random bits
     * @return how many more hosts get it at once
     */
    int complete(Timeouts timeouts, long random, long nowNanos) {
        if (!allowed || begun) {
            return 0;
        }
        begun = true;
        beganNanos = nowNanos;
        Backups backups = rule.backups();
        if (backups != null) {
            backups.began();
            long delay = backups.delayNanos();
            if (delay >= 0) {
                timeouts.hedge(delay, nowNanos);
            }
        }
        return rule.atOnce() - 1 + (rule.oneMore().takes(random) ? 1 : 0);
    }

    /** The first host is late: whether there is a backup for it. */
    boolean takesBackup() {
        Backups backups = rule.backups();
        boolean taken = backups != null && backups.take();
        (taken ? stats.rqBackup : stats.rqBackupOverflow).increment();
        return taken;
    }

    /**
     * A host has answered, or the request's time is over.
     *
     * @param backup
     *            it is the host that was asked second
     * @param tells
     *            whether how long it took tells anything of how long such requests take
     */
    void over(boolean backup, boolean tells, long nowNanos) {
        Backups backups = rule.backups();
        if (backup) {
            stats.rqBackupWon.increment();
        }
        if (begun && tells && backups != null) {
            backups.answered(nowNanos - beganNanos, nowNanos);
        }
        begun = false;
    }

    /** Lets the route's rule go. */
    void forget() {
        rule = HedgeRule.NONE;
        allowed = false;
    }
}
