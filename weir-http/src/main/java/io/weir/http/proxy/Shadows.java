package io.weir.http.proxy;

import io.netty.buffer.ByteBuf;
import io.weir.core.balance.Picker;
import io.weir.core.cluster.Choice;
import io.weir.core.cluster.Clusters;
import io.weir.http.codec.HeadCopy;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.Forward;
import io.weir.http.route.Route;
import io.weir.http.shadow.ShadowPolicy;
import io.weir.http.shadow.ShadowRules;
import io.weir.net.transport.Worker;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copies of one request. Whatever happens to them, the request hears nothing of it. Serves one exchange after
 * another; belongs to one worker.
 */
final class Shadows {
    private static final Logger LOG = LoggerFactory.getLogger(Shadows.class);
    /** Of a copy whose route has no timeout. */
    private static final long TIMEOUT_NANOS = Forward.TIMEOUT_NANOS;

    private final Exchange exchange;
    private final Worker worker;
    private final Clusters clusters;
    private final List<Shadow> copies = new ArrayList<>(0);

    Shadows(Exchange exchange, Worker worker, Clusters clusters) {
        this.exchange = exchange;
        this.worker = worker;
        this.clusters = clusters;
    }

    /** The request is about to go to its own cluster, with its head as it will be. */
    void begin(HttpHead request, Forward how, boolean bodyless) {
        Route route = exchange.actions().route();
        ShadowRules rules = route == null ? null : route.note(ShadowRules.class);
        if (rules == null || request.tunnel()) { // nobody could answer what a copy's host says there
            return;
        }
        List<ShadowPolicy> policies = rules.policies();
        for (int i = 0; i < policies.size(); i++) {
            ShadowPolicy policy = policies.get(i);
            if (policy.share().takes(worker.random().nextLong())) {
                try {
                    copy(policy, request, how, bodyless);
                } catch (RuntimeException bug) {
                    failed(bug);
                }
            }
        }
    }

    private void copy(ShadowPolicy policy, HttpHead request, Forward how, boolean bodyless) {
        Choice to = clusters.choose(policy.clusterFor(request), worker.random());
        if (to == null) {
            return; // a name from a header; those of the configuration exist
        }
        Picker picker = to.picker();
        HttpHead head = Heads.of(worker).take();
        HeadCopy.request(request, head);
        policy.edits().apply(head, exchange.record());
        head.authority(policy.hostFor(head.authority()));
        Shadow shadow = new Shadow(worker, to.cluster(), head, exchange.downstream().protocol());
        if (!bodyless) {
            copies.add(shadow);
        }
        shadow.begin(bodyless);
        long timeoutNanos = how.timeoutNanos() > 0 ? how.timeoutNanos() : TIMEOUT_NANOS;
        // Behind the request itself: connecting to a dead host, say, takes its time, and the request would wait for it.
        worker.loop().execute(() -> {
            try {
                shadow.go(picker, how.priority(), timeoutNanos);
            } catch (RuntimeException bug) {
                failed(bug);
            }
        });
    }

    /** Body bytes, which stay the caller's. */
    void data(ByteBuf data, boolean last) {
        for (int i = 0; i < copies.size(); i++) {
            try {
                copies.get(i).data(data, last);
            } catch (RuntimeException bug) {
                failed(bug);
            }
        }
    }

    void bodyEnded() {
        for (int i = 0; i < copies.size(); i++) {
            try {
                copies.get(i).bodyEnded();
            } catch (RuntimeException bug) {
                failed(bug);
            }
        }
    }

    /** The request is over. */
    void requestOver() {
        for (int i = 0; i < copies.size(); i++) {
            try {
                copies.get(i).requestOver();
            } catch (RuntimeException bug) {
                failed(bug);
            }
        }
        copies.clear();
    }

    private static void failed(RuntimeException bug) {
        LOG.error("the copy of a request failed on an error of Weir's own; the request goes on", bug);
    }
}
