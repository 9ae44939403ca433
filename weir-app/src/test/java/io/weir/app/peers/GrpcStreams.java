package io.weir.app.peers;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.weir.app.asked.Bytes;
import io.weir.testkit.Await;
import io.weir.testkit.Ports;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Calls of gRPC that last: by grpc-java's own client to its own server, on several connections, each call a stream in
 * both directions in which every message is said back.
 */
final class GrpcStreams implements AutoCloseable {
    private static final int WAIT_SECONDS = 60;
    private static final MethodDescriptor<byte[], byte[]> CALL = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING).setFullMethodName("weir.test.Echo/Talk")
            .setRequestMarshaller(new Bytes()).setResponseMarshaller(new Bytes()).build();

    private final List<ManagedChannel> channels = new ArrayList<>();
    private final List<Talk> talks = new ArrayList<>();
    private int words;

    /** Says back every message. */
    record Backend(Server server) implements AutoCloseable {
        static Backend start() throws IOException {
            var service = ServerServiceDefinition.builder("weir.test.Echo")
                    .addMethod(CALL, ServerCalls.<byte[], byte[]>asyncBidiStreamingCall(Echo::new)).build();
            return new Backend(
                    NettyServerBuilder.forAddress(Ports.loopback(Ports.free())).addService(service).build().start());
        }

        int port() {
            return server.getPort();
        }

        @Override
        public void close() {
            server.shutdownNow();
        }
    }

    private record Echo(StreamObserver<byte[]> client) implements StreamObserver<byte[]> {
        @Override
        public void onNext(byte[] message) {
            client.onNext(message);
        }

        @Override
        public void onError(Throwable cause) {
            // the client is gone
        }

        @Override
        public void onCompleted() {
            client.onCompleted();
        }
    }

    /** One call as its client sees it: what it hears, or what its end was. */
    private static final class Talk implements StreamObserver<byte[]> {
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private @Nullable StreamObserver<byte[]> out;

        @Override
        public void onNext(byte[] message) {
            heard.add(new String(message, StandardCharsets.UTF_8));
        }

        @Override
        public void onError(Throwable cause) {
            heard.add(Status.fromThrowable(cause).toString());
        }

        @Override
        public void onCompleted() {
            heard.add("completed");
        }

        /** What comes back for a word, or instead of it. */
        String says(String word) throws InterruptedException {
            StreamObserver<byte[]> call = out;
            if (call == null) {
                return "not begun";
            }
            try {
                call.onNext(word.getBytes(StandardCharsets.UTF_8));
            } catch (IllegalStateException over) {
                return heard.isEmpty() ? String.valueOf(over.getMessage()) : heard.remove();
            }
            String answer = heard.poll(WAIT_SECONDS, TimeUnit.SECONDS);
            return answer == null ? "silent" : answer;
        }
    }

    /** So many calls on each of so many connections to this port, which have all been answered once. */
    static GrpcStreams begin(int connections, int callsOfEach, int port) throws InterruptedException {
        var streams = new GrpcStreams();
        for (int i = 0; i < connections; i++) {
            ManagedChannel channel = NettyChannelBuilder.forAddress(Ports.loopback(port)).usePlaintext().build();
            streams.channels.add(channel);
            for (int call = 0; call < callsOfEach; call++) {
                var talk = new Talk();
                talk.out = ClientCalls.asyncBidiStreamingCall(channel.newCall(CALL, CallOptions.DEFAULT), talk);
                streams.talks.add(talk);
            }
        }
        List<String> broken = streams.broken();
        if (!broken.isEmpty()) {
            streams.close();
            throw new IllegalStateException(broken.toString());
        }
        return streams;
    }

    /** Every call says something and hears it; what went wrong, empty when nothing did. */
    List<String> broken() throws InterruptedException {
        List<String> broken = new ArrayList<>();
        String word = "word " + words++;
        for (int i = 0; i < talks.size(); i++) {
            String heard = talks.get(i).says(word);
            if (!heard.equals(word)) {
                broken.add(i + ": " + heard);
            }
        }
        return broken;
    }

    /** Every call says something and hears it, again and again, until it is closed. Nobody else may speak meanwhile. */
    Talking talking() {
        return new Talking(this);
    }

    /** A thread by which calls carry messages without a pause that counts. */
    static final class Talking implements AutoCloseable {
        private static final int PAUSE_MILLIS = 5;

        private final Queue<String> broken = new ConcurrentLinkedQueue<>();
        private final AtomicLong rounds = new AtomicLong();
        private final Thread thread;
        private volatile boolean over;

        private Talking(GrpcStreams streams) {
            thread = Thread.ofPlatform().daemon().name("talking").start(() -> {
                try {
                    while (!over && broken.isEmpty()) {
                        broken.addAll(streams.broken());
                        rounds.incrementAndGet();
                        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                    }
                } catch (InterruptedException e) {
                    broken.add("interrupted");
                }
            });
        }

        /** How often every call has been answered. */
        long rounds() {
            return rounds.get();
        }

        /** Waits until every call has begun and ended some more rounds; what went wrong, empty when nothing did. */
        List<String> brokenAfter(int more) {
            long wanted = rounds.get() + more + 1;
            Await.until(() -> rounds + " of " + wanted + " rounds", () -> rounds.get() >= wanted || !broken.isEmpty());
            return List.copyOf(broken);
        }

        /** After the round that is under way. */
        @Override
        public void close() {
            over = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Every call ends as it should; what went wrong, empty when nothing did. */
    List<String> endings() throws InterruptedException {
        List<String> broken = new ArrayList<>();
        for (int i = 0; i < talks.size(); i++) {
            Talk talk = talks.get(i);
            StreamObserver<byte[]> call = talk.out;
            if (call != null) {
                call.onCompleted();
            }
            String end = talk.heard.poll(WAIT_SECONDS, TimeUnit.SECONDS);
            if (!"completed".equals(end)) {
                broken.add(i + ": " + end);
            }
        }
        return broken;
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
    }
}
