package io.weir.core.health;

import io.weir.core.health.CheckResult.Failed;
import io.weir.core.health.CheckResult.Failure;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Scope;

/** The numbers of active checks, Envoy's {@code cluster.<name>.health_check.*}. */
final class CheckStats {
    private final Counter attempt;
    private final Counter success;
    private final Counter failure;
    private final Counter passiveFailure;
    private final Counter networkFailure;
    private final Counter verifyCluster;
    private final Counter skipped;
    private final Gauge healthy;
    private final Gauge degraded;

    CheckStats(Scope cluster) {
        Scope scope = cluster.child("health_check");
        attempt = scope.counter("attempt");
        success = scope.counter("success");
        failure = scope.counter("failure");
        passiveFailure = scope.counter("passive_failure");
        networkFailure = scope.counter("network_failure");
        verifyCluster = scope.counter("verify_cluster");
        skipped = scope.counter("skipped");
        healthy = scope.gauge("healthy");
        degraded = scope.gauge("degraded");
    }

    void attempted() {
        attempt.increment();
    }

    void skipped() {
        skipped.increment();
    }

    void passed() {
        success.increment();
    }

    void failed(Failed failed) {
        failure.increment();
        if (failed.wrongCluster()) {
            verifyCluster.increment();
        }
        if (failed.failure() == Failure.PASSIVE) {
            passiveFailure.increment();
        }
        if (failed.failure() == Failure.NETWORK || failed.failure() == Failure.NETWORK_TIMEOUT) {
            networkFailure.increment();
        }
    }

    void hosts(long well, long less) {
        healthy.set(well);
        degraded.set(less);
    }
}
