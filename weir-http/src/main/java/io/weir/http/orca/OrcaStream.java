package io.weir.http.orca;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.weir.core.cluster.Cluster;
import io.weir.core.model.Host;
import io.weir.core.model.OrcaReport;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Scope;
import io.weir.http.grpc.GrpcCall;
import io.weir.http.grpc.GrpcWire;
import io.weir.http.grpc.ProtoMessage;
import io.weir.net.tls.HostTls;
import io.weir.net.tls.Offer;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.ConnectOptions;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reports of one host: the call {@code xds.service.orca.v3.OpenRcaService/StreamCoreMetrics} (gRFC A51), which the
 * host answers with one report after the other. A call that ends is begun anew after a while; one that the host does
 * not know is not, as more calls would not teach it. Belongs to one worker; opened and closed from outside.
 */
final class OrcaStream {
    private static final Logger LOG = LoggerFactory.getLogger(OrcaStream.class);
    private static final String PATH = "/xds.service.orca.v3.OpenRcaService/StreamCoreMetrics";
    private static final int UNIMPLEMENTED = 12;
    private static final int NOT_FOUND = 404;
    /** A host may report more seldom than it is asked to; who says nothing for this many periods has gone unnoticed. */
    private static final int SILENT_PERIODS_MAX = 3;
    /** A host without the service may be another one by then, at the same address. */
    private static final long NO_SERVICE_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final long SILENT_NANOS_MIN = TimeUnit.MINUTES.toNanos(2);

    private final Worker worker;
    private final Cluster cluster;
    private final Host host;
    private final GrpcCall call;
    private final long silentNanosMax;
    private final GrpcWire wire = new GrpcWire();
    private final BackOff backOff = new BackOff();
    private final Retry retry = new Retry();
    private final Silence silence = new Silence();
    private final Counter received;
    private final Counter failed;
    private final Gauge active;
    private @Nullable Channel channel;
    private boolean counted;
    private long heardNanos;
    private boolean closed;

    OrcaStream(Worker worker, Cluster cluster, Host host, long everyNanos) {
        this.worker = worker;
        this.cluster = cluster;
        this.host = host;
        String name = host.endpoint().hostname();
        this.call = new GrpcCall(PATH, name.isEmpty() ? cluster.name() : name, List.of(), request(everyNanos));
        this.silentNanosMax = Math.max(SILENT_NANOS_MIN, SILENT_PERIODS_MAX * everyNanos);
        Scope scope = cluster.stats().scope().child("load_reports");
        this.received = scope.counter("received");
        this.failed = scope.counter("stream_failed");
        this.active = scope.gauge("streams_active");
    }

    /** An OrcaLoadReportRequest: its field 1 is a Duration, of seconds and nanoseconds. */
    private static ProtoMessage request(long everyNanos) {
        long second = TimeUnit.SECONDS.toNanos(1);
        byte[] interval = new ProtoMessage().number(1, everyNanos / second).number(2, everyNanos % second).bytes();
        return new ProtoMessage().bytes(1, interval);
    }

    /** Any thread. */
    void open() {
        worker.loop().execute(this::connect);
    }

    /** No more reports are wanted. Any thread. */
    void close() {
        worker.loop().execute(() -> {
            closed = true;
            worker.timers().cancel(retry);
            drop();
        });
    }

    private void connect() {
        if (closed) {
            return;
        }
        var spec = cluster.spec();
        ConnectOptions options = ConnectOptions.of(spec.connectTimeoutNanos(),
                ChannelSettings.MESSAGES.withKeepAlive(spec.tcpKeepAlive()));
        ChannelFuture connecting = HostTls.connect(worker, spec, host, options, Offer.HTTP2, new Handler());
        channel = connecting.channel();
        connecting.addListener((ChannelFuture done) -> {
            if (!done.channel().equals(channel)) {
                done.channel().close();
            } else if (done.isSuccess()) {
                begin(done.channel());
            } else {
                again(String.valueOf(done.cause().getMessage()));
            }
        });
    }

    private void begin(Channel to) {
        counted = true;
        active.increment();
        heardNanos = worker.nowNanos();
        worker.timers().arm(silence, heardNanos + silentNanosMax);
        ByteBuf out = worker.allocator().buffer();
        wire.begin(true, call, new Reports(), out);
        to.writeAndFlush(out);
    }

    private void drop() {
        Channel open = channel;
        channel = null;
        worker.timers().cancel(silence);
        if (counted) {
            counted = false;
            active.decrement();
        }
        if (open != null) {
            open.close();
        }
    }

    private void again(String why) {
        drop();
        if (closed) {
            return;
        }
        failed.increment();
        LOG.debug("no load reports from {} of {} for a while: {}", host.addressText(), cluster.name(), why);
        worker.timers().arm(retry, worker.nowNanos() + backOff.nanos(worker.random()));
    }

    private final class Retry extends TimerWheel.Timer {
        @Override
        protected void expired(long nowNanos) {
            connect();
        }
    }

    /** Notices a host that went without a word: nothing is ever sent on the connection that would not be answered. */
    private final class Silence extends TimerWheel.Timer {
        @Override
        protected void expired(long nowNanos) {
            if (nowNanos - heardNanos >= silentNanosMax) {
                again("nothing heard for " + TimeUnit.NANOSECONDS.toSeconds(silentNanosMax) + " s");
            } else {
                worker.timers().arm(this, heardNanos + silentNanosMax);
            }
        }
    }

    private final class Reports implements GrpcCall.Answer {
        @Override
        public void message(ByteBuf message) {
            long nowNanos = worker.nowNanos();
            heardNanos = nowNanos;
            backOff.reset();
            received.increment();
            OrcaReport report = LoadReportReader.message(message);
            if (report != null) {
                host.balanceTracker().loadReported(report, nowNanos);
                host.loadTracker().loadReported(report, nowNanos);
            }
        }

        @Override
        public void ended(int httpStatus, int grpcStatus) {
            if (httpStatus == NOT_FOUND || grpcStatus == UNIMPLEMENTED) {
                LOG.info("{} of {} has no service of load reports: it is asked again in five minutes",
                        host.addressText(), cluster.name());
                failed.increment();
                drop();
                worker.timers().arm(retry, worker.nowNanos() + NO_SERVICE_NANOS);
            } else {
                again("HTTP " + httpStatus + ", grpc-status " + grpcStatus);
            }
        }

        @Override
        public void broken(String how) {
            again(how);
        }
    }

    private final class Handler extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf in = (ByteBuf) message;
            try {
                if (!context.channel().equals(channel)) {
                    return;
                }
                ByteBuf out = worker.allocator().buffer();
                wire.hears(in, out);
                if (out.isReadable() && context.channel().isActive()) {
                    context.writeAndFlush(out);
                } else {
                    out.release();
                }
            } finally {
                in.release();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (context.channel().equals(channel)) {
                again("it closed the connection");
            }
        }
    }
}
