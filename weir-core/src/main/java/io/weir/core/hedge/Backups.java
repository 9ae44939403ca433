package io.weir.core.hedge;

/**
 * The backup requests of one kind of requests, whose latencies it learns: those of a route. A request that has had no
 * answer after {@link #delayNanos} asks {@link #take} and, if it may, goes to a second host too. Any thread, lock-free;
 * allocates nothing.
 */
public final class Backups {
    private final BackupRule rule;
    private final LatencyQuantile latencies;
    private final ExtraLoad load;

    /** Nothing is known yet, and nothing paid for. */
    public Backups(BackupRule rule) {
        this.rule = rule;
        this.latencies = new LatencyQuantile(rule.quantile());
        this.load = new ExtraLoad(rule.extraLoad());
    }

    /** How it is meant. */
    public BackupRule rule() {
        return rule;
    }

    /** A request has begun, and pays its share. */
    public void began() {
        load.pay();
    }

    /** How long a request waits for its first host alone; negative while that is not known yet: as long as it takes. */
    public long delayNanos() {
        long learnt = latencies.nanos();
        return learnt < 0 ? learnt : Math.max(learnt, rule.delayMinNanos());
    }

    /** Whether a backup may go out now. */
    public boolean take() {
        return load.take();
    }

    /**
     * A request has its answer, from whichever host: what the first would have taken is not known when its backup was
     * faster, but that it was longer than the delay is, and more than that the quantile does not ask.
     */
    public void answered(long latencyNanos, long nowNanos) {
        latencies.add(latencyNanos, nowNanos);
    }
}
