package io.weir.app.boot;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.weir.core.drain.Drain;
import io.weir.core.drain.Turns;
import io.weir.core.tls.ServerTls;
import io.weir.http.config.change.RequestChangesReader;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.Worker;
import io.weir.xds.spec.FilterChainSpec;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A filter chain's time at a listener: from the first configuration that has it to the end of its last connection,
 * which may be long after the last configuration that has it. A change of the listener that leaves the chain as it is
 * leaves its tenure as it is. At its end it lets go of access logs and certificates. Any thread.
 */
final class Tenure implements Acceptor, ChannelFutureListener {
    private final Service service;
    /** The conductor's. */
    private Made of;
    /** The fronts that have the chain, and its connections. */
    private final Holders holders;

    /**
     * What a chain is made of. Where that is the same nothing about the chain has changed.
     *
     * @param present
     *            how it is secured by the certificates that are here already
     * @param proves
     *            whether names are proved by certificates
     */
    record Made(FilterChainSpec spec, @Nullable ServerTls present, boolean proves) {
        boolean same(Made other) {
            return spec.same(other.spec) && samelySecured(other);
        }

        /** Whether what differs concerns requests only: then connections stay, and their next requests heed it. */
        boolean sameForConnections(Made other) {
            return samelySecured(other) && Objects.equals(spec.tls(), other.spec.tls())
                    && RequestChangesReader.only(spec, other.spec);
        }

        private boolean samelySecured(Made other) {
            return Objects.equals(present, other.present) && (present == null || proves == other.proves);
        }
    }

    /** Held by whoever makes it. */
    Tenure(Service service, Made of) {
        this.service = service;
        this.of = of;
        this.holders = new Holders(service.forget());
    }

    Service service() {
        return service;
    }

    Made of() {
        return of;
    }

    /** It is made of this from now on, which is the same for its connections. The conductor's. */
    void become(Made changed) {
        of = changed;
    }

    /** One more front has it; whoever asks sees to it that one has it already. */
    void hold() {
        if (!holders.enter()) {
            throw new IllegalStateException("a filter chain is taken over that has been let go of");
        }
    }

    /** One holder less: a front, or a connection. */
    void letGo() {
        holders.leave();
    }

    /** Whether a front has it, or a connection is left. */
    boolean held() {
        return holders.any();
    }

    /**
     * A connection is its own from now on. The front that it comes from holds the chain until then, unless the
     * connection has ended on the way.
     */
    @Override
    public void accepted(Worker worker, Channel channel) {
        if (!holders.enter()) {
            channel.close();
            return;
        }
        channel.closeFuture().addListener(this);
        OpenListener.chosen(channel);
        service.acceptor().accepted(worker, channel);
    }

    @Override
    public void acceptFailed(Worker worker, Throwable cause) {
        service.acceptor().acceptFailed(worker, cause);
    }

    /** One of its connections has ended. */
    @Override
    public void operationComplete(ChannelFuture closed) {
        letGo();
    }

    /** Connections are asked to end. Streams and tunnels, which cannot be asked, go on until {@link #endStreams}. */
    void drain(Drain how) {
        service.drain().drain(how);
    }

    /** Ends what does not end by itself and whose turn has come. */
    void endStreams(Turns turns, long nowNanos) {
        service.drain().endStreams(turns, nowNanos);
    }
}
