package io.weir.http.service;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.core.balance.Pick;
import io.weir.core.balance.PickContext;
import io.weir.core.balance.Picker;
import io.weir.core.cluster.Cluster;
import io.weir.core.model.RoutingPriority;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.grpc.words.GrpcStatus;
import io.weir.http.proxy.visit.Admitted;
import io.weir.http.proxy.visit.Visit;
import io.weir.http.upstream.HostPool;
import io.weir.http.upstream.Pools;
import io.weir.http.upstream.UpstreamListener;
import io.weir.http.upstream.UpstreamStream;
import io.weir.net.service.Question;
import io.weir.net.service.ServiceAnswer;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One call with one message each way (gRPC over HTTP/2), counted and limited as any request of its cluster. Belongs to
 * one worker.
 */
final class UnaryCall extends TimerWheel.Timer implements UpstreamListener, PickContext {
    /** Of an answer, with its head of five bytes. */
    static final int ANSWER_BYTES_MAX = 64 * 1024;
    private static final int MESSAGE_HEAD_BYTES = 5;
    private static final int OK = 200;
    private static final String PROTOCOL = "HTTP/2";

    private final Worker worker;
    private final Cluster cluster;
    private final Question question;
    private final HttpHead head;
    private final Visit visit = new Visit();
    private final Admitted admitted = new Admitted();
    private final ByteBuf answer = Unpooled.buffer(0);
    private @Nullable Consumer<ServiceAnswer> hearer;
    private HostPool.@Nullable Waiter waiter;
    private @Nullable UpstreamStream stream;
    private boolean sent;
    private int status;
    private int grpcStatus = -1;

    UnaryCall(Worker worker, Cluster cluster, Question question, Consumer<ServiceAnswer> hearer) {
        this.worker = worker;
        this.cluster = cluster;
        this.question = question;
        this.head = head(cluster, question);
        this.hearer = hearer;
    }

    void go(Picker picker) {
        if (!admitted.enter(cluster, RoutingPriority.DEFAULT)) {
            fail("the cluster's limit of requests is reached");
            return;
        }
        switch (picker.pick(this)) {
            case Pick.Refused(var reason) -> {
                switch (reason) {
                    case NO_HOST, NO_HEALTHY_HOST -> cluster.stats().upstreamCxNoneHealthy().increment();
                    case DROPPED -> { // counted where it was decided
                    }
                }
                fail("no host: " + reason);
            }
            case Pick.Chosen chosen -> {
                visit.begin(cluster, chosen.host(), worker.nowNanos());
                worker.timers().arm(this, worker.nowNanos() + question.timeoutNanos());
                var place = Pools.of(worker).of(cluster, chosen.host(), RoutingPriority.DEFAULT, PROTOCOL, head)
                        .request(this);
                if (place != null && place.waits()) {
                    waiter = place;
                }
            }
        }
    }

    /** Nobody waits for the answer any more. */
    void giveUp() {
        if (hearer != null) {
            cluster.stats().upstreamRqCancelled().increment();
            drop();
            end();
        }
    }

    /** Leaves its place in line, or its stream. */
    private void drop() {
        var place = waiter;
        if (place != null) {
            place.cancel();
        }
        var open = stream;
        if (open != null) {
            open.cancel();
        }
    }

    private @Nullable Consumer<ServiceAnswer> end() {
        var told = hearer;
        hearer = null;
        stream = null;
        waiter = null;
        worker.timers().cancel(this);
        visit.end();
        visit.forget();
        admitted.leave();
        return told;
    }

    private void comesTo(ServiceAnswer its) {
        var told = end();
        if (told != null) {
            told.accept(its);
        }
    }

    private void fail(String why) {
        comesTo(new ServiceAnswer.Failed(why));
    }

    @Override
    protected void expired(long nowNanos) {
        cluster.stats().upstreamRqTimeout().increment();
        if (stream != null) {
            visit.tookTooLong(nowNanos);
        }
        drop();
        fail("no answer in time");
    }

    private static HttpHead head(Cluster cluster, Question question) {
        var head = new HttpHead();
        head.minorVersion(1);
        head.method("POST");
        head.path(question.path());
        head.scheme("http");
        head.authority(question.authority().isEmpty() ? cluster.name() : question.authority());
        head.add(HeaderName.of("te"), "trailers");
        head.add(HeaderName.CONTENT_TYPE, "application/grpc");
        head.add(HeaderName.of("grpc-timeout"),
                Math.max(1, TimeUnit.NANOSECONDS.toMillis(question.timeoutNanos())) + "m");
        for (var field : question.metadata()) {
            head.add(HeaderName.of(field.name()), field.value());
        }
        head.framing(HttpHead.Framing.CHUNKED, -1);
        return head;
    }

    private void send(UpstreamStream to) {
        if (sent || !to.writable()) {
            return;
        }
        sent = true;
        byte[] message = question.message();
        to.data(worker.allocator().buffer(MESSAGE_HEAD_BYTES + message.length).writeByte(0).writeInt(message.length)
                .writeBytes(message), true);
        to.flush();
    }

    // ---- upstream's side ----

    @Override
    public void upstreamReady(UpstreamStream open) {
        waiter = null;
        if (hearer == null) {
            open.cancel();
            return;
        }
        stream = open;
        visit.connected(open.connection(), open.protocol());
        open.head(head, false);
        open.flush();
        send(open);
    }

    @Override
    public void upstreamFailed(Failure why, String details) {
        waiter = null;
        fail(details.isEmpty() ? why.toString() : details);
    }

    @Override
    public void upstreamInterim(HttpHead head) {
        // the answer follows
    }

    @Override
    public void upstreamHead(HttpHead head, boolean last) {
        status = head.status();
        visit.head(head, worker.nowNanos());
        if (last) {
            grpcStatus = GrpcStatus.in(head);
            answered();
        } else if (status != OK) { // a page of text follows, which nobody reads
            told();
            drop();
            fail("HTTP " + status);
        }
    }

    @Override
    public void upstreamData(ByteBuf data, boolean last) {
        boolean fits = answer.readableBytes() + data.readableBytes() <= ANSWER_BYTES_MAX;
        if (fits) {
            answer.writeBytes(data);
        }
        data.release();
        if (last) {
            answered();
        } else if (!fits) {
            drop();
            fail("its answer is longer than " + ANSWER_BYTES_MAX + " bytes");
        }
    }

    @Override
    public void upstreamTrailers(HttpHead trailers) {
        visit.trailers(trailers, worker.nowNanos());
        grpcStatus = GrpcStatus.in(trailers);
        answered();
    }

    private void answered() {
        told();
        stream = null;
        if (status != OK) {
            fail("HTTP " + status);
        } else if (grpcStatus != 0) {
            fail(grpcStatus < 0 ? "its answer has no grpc-status" : "grpc-status " + grpcStatus);
        } else if (answer.readableBytes() < MESSAGE_HEAD_BYTES || answer.readByte() != 0
                || answer.readUnsignedInt() != answer.readableBytes()) {
            fail("its answer is not one message as it is");
        } else {
            var message = new byte[answer.readableBytes()];
            answer.readBytes(message);
            comesTo(new ServiceAnswer.Said(message));
        }
    }

    private void told() {
        long nowNanos = worker.nowNanos();
        cluster.stats().answered(status);
        cluster.stats().upstreamRqTime().record((nowNanos - visit.beganNanos()) / 1_000_000);
        visit.answered(status, nowNanos);
    }

    @Override
    public void upstreamReset(Reset why, boolean started, String details) {
        stream = null;
        visit.brokeOff(worker.nowNanos());
        fail("broken off: " + details);
    }

    @Override
    public void upstreamReadEnd() {
        // nothing to flush
    }

    @Override
    public void upstreamWritable() {
        var open = stream;
        if (open != null) {
            send(open);
        }
    }

    // ---- what a picker asks ----

    @Override
    public long hash() {
        return 0;
    }

    @Override
    public RandomGenerator random() {
        return worker.random();
    }

    @Override
    public long nowNanos() {
        return worker.nowNanos();
    }
}
