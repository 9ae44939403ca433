package io.weir.stream.access;

import io.netty.channel.Channel;
import io.weir.core.access.Verdict;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import io.weir.net.sniff.Greeting;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.Worker;
import io.weir.stream.client.Farewell;
import io.weir.stream.client.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Passes on the connections that may be served. It decides once, when all is known that ever will be: a client's
 * certificate, the name it asks for, the address a proxy tells. Any worker.
 */
public final class RuledAcceptor implements Acceptor {
    private static final String NAMESPACE = "envoy.filters.network.rbac";
    /** Where logs look for whether they shall. */
    private static final String COMMON = "envoy.common";

    private final AccessSpec spec;
    private final Acceptor inner;
    private final Counter allowed;
    private final Counter denied;
    private final Counter shadowAllowed;
    private final Counter shadowDenied;

    /** A gate before {@code inner}. */
    public RuledAcceptor(AccessSpec spec, Stats stats, Acceptor inner) {
        this.spec = spec;
        this.inner = inner;
        var scope = within(stats.root(), spec.statPrefix()).child("rbac");
        this.allowed = scope.counter("allowed");
        this.denied = scope.counter("denied");
        var shadow = within(scope, spec.shadowPrefix());
        this.shadowAllowed = shadow.counter("shadow_allowed");
        this.shadowDenied = shadow.counter("shadow_denied");
    }

    private static Scope within(Scope scope, String prefix) {
        String name = prefix.endsWith(".") ? prefix.substring(0, prefix.length() - 1) : prefix;
        return name.isEmpty() ? scope : scope.child(name);
    }

    @Override
    public void accepted(Worker worker, Channel channel) {
        var shadow = spec.shadow();
        if (shadow != null) {
            tell(channel, shadow.judge(channel));
        }
        var rules = spec.rules();
        if (rules != null) {
            var verdict = rules.judge(channel);
            (verdict.allowed() ? allowed : denied).increment();
            if (spec.logs()) {
                Greeting.keep(channel, COMMON, "access_log_hint", verdict.logged());
            }
            if (!verdict.allowed()) {
                close(worker, channel, verdict);
                return;
            }
        }
        inner.accepted(worker, channel);
    }

    private void tell(Channel channel, Verdict would) {
        (would.allowed() ? shadowAllowed : shadowDenied).increment();
        String prefix = spec.shadowPrefix() + "shadow";
        if (!would.policy().isEmpty()) {
            Greeting.keep(channel, NAMESPACE, prefix + "_effective_policy_id", would.policy());
        }
        Greeting.keep(channel, NAMESPACE, prefix + "_engine_result", would.allowed() ? "allowed" : "denied");
    }

    private void close(Worker worker, Channel channel, Verdict verdict) {
        String policy = verdict.policy().isEmpty() ? "none" : verdict.policy().replaceAll("\\s", "_");
        Refusal.note(channel, "rbac_access_denied_matched_policy[" + policy + "]");
        Farewell.after(worker, channel, spec.delayNanos());
    }

    @Override
    public void acceptFailed(Worker worker, Throwable cause) {
        inner.acceptFailed(worker, cause);
    }
}
