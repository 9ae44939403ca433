package io.weir.http.selfcheck;

import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.Clusters;
import io.weir.core.health.OwnHealth;
import io.weir.core.model.HostSet;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.Flow;
import io.weir.http.filter.Flow.Reply;
import io.weir.http.route.match.HeaderMatch;
import io.weir.observe.log.ResponseFlag;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The filter at work: what it answers, and the answer that it keeps for a while. Any thread. */
final class HealthFilter {
    private static final int PERCENT = 100;
    private static final Reply OK = reply(200, "health_check_ok");
    private static final Reply FAILED = reply(503, "health_check_failed");
    private static final Reply NO_CLUSTER = reply(503, "health_check_no_cluster_found");
    private static final Reply UNHEALTHY = reply(503, "health_check_cluster_unhealthy");

    private final HealthFilterSpec spec;
    private final Clusters clusters;
    private final AtomicReference<@Nullable Kept> kept = new AtomicReference<>();

    /** A host's answer to a check. */
    record Kept(Reply reply, boolean degraded, long untilNanos) {
    }

    HealthFilter(HealthFilterSpec spec, Clusters clusters) {
        this.spec = spec;
        this.clusters = clusters;
    }

    private static Reply reply(int status, String details) {
        return new Reply(status, new byte[0], details, status == 200 ? 0 : ResponseFlag.LH.bit());
    }

    OwnHealth own() {
        return clusters.own();
    }

    boolean checks(HttpHead request) {
        for (HeaderMatch match : spec.checks()) {
            if (!match.matches(request)) {
                return false;
            }
        }
        return true;
    }

    Flow answer(long nowNanos) {
        if (own().failed()) {
            return FAILED;
        }
        if (spec.passThrough()) {
            Kept answer = kept(nowNanos);
            return answer == null ? Flow.NEXT : answer.reply();
        }
        for (var wanted : spec.healthyPercents().entrySet()) {
            Cluster cluster = clusters.find(wanted.getKey());
            if (cluster == null) {
                return NO_CLUSTER;
            }
            HostSet hosts = cluster.view().hosts();
            long well = hosts.healthyCount() + (long) hosts.degradedCount();
            // as in Envoy, a cluster without hosts is well enough only where nothing is asked of it
            if (hosts.all().isEmpty()
                    ? wanted.getValue() > 0
                    : well * PERCENT < (long) hosts.all().size() * wanted.getValue()) {
                return UNHEALTHY;
            }
        }
        return OK;
    }

    /** The answer that is given again now; null: a host is to be asked. */
    @Nullable
    Kept kept(long nowNanos) {
        Kept answer = kept.get();
        return answer == null || nowNanos - answer.untilNanos() >= 0 ? null : answer;
    }

    /** A host has answered a check. */
    void keep(int status, boolean degraded, long nowNanos) {
        if (spec.cacheNanos() > 0) {
            Reply reply = new Reply(status, new byte[0], "health_check_cached",
                    status / PERCENT == 2 ? 0 : ResponseFlag.LH.bit());
            kept.set(new Kept(reply, degraded, nowNanos + spec.cacheNanos()));
        }
    }
}
