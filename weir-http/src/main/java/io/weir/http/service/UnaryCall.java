package io.weir.http.service;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.core.balance.Pick;
import io.weir.core.balance.Picker;
import io.weir.core.balance.Reason;
import io.weir.core.cluster.Cluster;
import io.weir.core.model.Host;
import io.weir.core.model.RoutingPriority;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.grpc.words.GrpcStatus;
import io.weir.http.proxy.visit.OwnRequest;
import io.weir.http.upstream.UpstreamStream;
import io.weir.net.service.Question;
import io.weir.net.service.ServiceAnswer;
import io.weir.net.transport.Worker;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One call with one message each way (gRPC over HTTP/2). Belongs to one worker. */
final class UnaryCall extends OwnRequest {
    /** Of an answer, with its head of five bytes. */
    static final int ANSWER_BYTES_MAX = 64 * 1024;
    private static final int MESSAGE_HEAD_BYTES = 5;
    private static final int OK = 200;
    private static final String PROTOCOL = "HTTP/2";

    private final Question question;
    private final ByteBuf answer = Unpooled.buffer(0);
    private @Nullable Consumer<ServiceAnswer> hearer;
    private boolean sent;
    private int grpcStatus = -1;

    UnaryCall(Worker worker, Cluster cluster, Question question, Consumer<ServiceAnswer> hearer) {
        super(worker, cluster, head(cluster, question));
        this.question = question;
        this.hearer = hearer;
    }

    void go(Picker picker) {
        if (!enter(RoutingPriority.DEFAULT)) {
            failed("the cluster's limit of requests is reached");
            return;
        }
        switch (picker.pick(this)) {
            case Pick.Refused(Reason why) -> {
                refused(why);
                failed("no host: " + why);
            }
            case Pick.Chosen(Host host) -> goTo(host, RoutingPriority.DEFAULT, PROTOCOL, question.timeoutNanos());
        }
    }

    private void comesTo(ServiceAnswer its) {
        var told = hearer;
        end();
        if (told != null) {
            told.accept(its);
        }
    }

    @Override
    protected void failed(String why) {
        comesTo(new ServiceAnswer.Failed(why));
    }

    @Override
    protected void ended() {
        hearer = null;
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

    @Override
    protected boolean bodyless() {
        return false;
    }

    @Override
    protected void send(UpstreamStream to) {
        if (sent || !to.writable()) {
            return;
        }
        sent = true;
        byte[] message = question.message();
        to.data(worker.allocator().buffer(MESSAGE_HEAD_BYTES + message.length).writeByte(0).writeInt(message.length)
                .writeBytes(message), true);
        to.flush();
    }

    @Override
    public void upstreamHead(HttpHead response, boolean last) {
        if (last) {
            grpcStatus = GrpcStatus.in(response);
        }
        super.upstreamHead(response, last);
        if (!last && status() != OK) { // a page of text follows, which nobody reads
            told();
            drop();
            failed("HTTP " + status());
        }
    }

    @Override
    public void upstreamData(ByteBuf data, boolean last) {
        boolean fits = answer.readableBytes() + data.readableBytes() <= ANSWER_BYTES_MAX;
        if (fits) {
            answer.writeBytes(data);
        }
        super.upstreamData(data, last);
        if (!last && !fits) {
            drop();
            failed("its answer is longer than " + ANSWER_BYTES_MAX + " bytes");
        }
    }

    @Override
    public void upstreamTrailers(HttpHead trailers) {
        grpcStatus = GrpcStatus.in(trailers);
        super.upstreamTrailers(trailers);
    }

    @Override
    protected void answered() {
        if (status() != OK) {
            failed("HTTP " + status());
        } else if (grpcStatus != 0) {
            failed(grpcStatus < 0 ? "its answer has no grpc-status" : "grpc-status " + grpcStatus);
        } else if (answer.readableBytes() < MESSAGE_HEAD_BYTES || answer.readByte() != 0
                || answer.readUnsignedInt() != answer.readableBytes()) {
            failed("its answer is not one message as it is");
        } else {
            var message = new byte[answer.readableBytes()];
            answer.readBytes(message);
            comesTo(new ServiceAnswer.Said(message));
        }
    }
}
