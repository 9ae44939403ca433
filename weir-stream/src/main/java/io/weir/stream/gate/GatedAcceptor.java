package io.weir.stream.gate;

import io.netty.channel.Channel;
import io.weir.core.admit.Carryover;
import io.weir.core.stats.Stats;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.Worker;
import java.util.List;

/** Passes on the connections that every gate lets in. Any worker. */
public final class GatedAcceptor implements Acceptor {
    private final List<Gate> gates;
    private final Acceptor inner;

    /**
     * @param specs
     *            asked in this order, each only of what those before it let in
     * @param carryover
     *            what the gates of the listener have counted before
     */
    public GatedAcceptor(List<GateSpec> specs, Stats stats, Carryover carryover, long nowNanos, Acceptor inner) {
        this.gates = specs.stream().map(spec -> spec.open(stats, carryover, nowNanos)).toList();
        this.inner = inner;
    }

    @Override
    public void accepted(Worker worker, Channel channel) {
        for (var gate : gates) {
            if (!gate.admits(worker, channel)) {
                return;
            }
        }
        inner.accepted(worker, channel);
    }

    @Override
    public void acceptFailed(Worker worker, Throwable cause) {
        inner.acceptFailed(worker, cause);
    }
}
