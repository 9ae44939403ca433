package io.weir.filters.rbac;

import io.weir.core.access.Verdict;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Scope;

/** What is counted of decisions: {@code allowed}, {@code denied}, and on demand the same of each policy. Any thread. */
final class Numbers {
    private final Scope scope;
    private final String prefix;
    private final boolean eachPolicy;
    private final Counter allowed;
    private final Counter denied;

    Numbers(Scope scope, String prefix, boolean eachPolicy) {
        this.scope = scope;
        this.prefix = prefix;
        this.eachPolicy = eachPolicy;
        this.allowed = scope.counter(prefix + "allowed");
        this.denied = scope.counter(prefix + "denied");
    }

    void count(Verdict verdict) {
        (verdict.allowed() ? allowed : denied).increment();
        if (eachPolicy && !verdict.policy().isEmpty()) { // names are the configuration's, so there is no end of none
            scope.child("policy").child(verdict.policy()).counter(prefix + (verdict.allowed() ? "allowed" : "denied"))
                    .increment();
        }
    }
}
