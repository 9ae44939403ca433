package io.weir.filters.grpc;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** A service of bytes: one that gives back what it gets, one that fails, and streams both ways. */
public final class StockService {
    private static final Metadata.Key<String> NOTE = Metadata.Key.of("x-note", Metadata.ASCII_STRING_MARSHALLER);

    private StockService() {}

    /** The service {@code shop.Stock}. */
    public static ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder("shop.Stock")
                .addMethod(CallFixture.method(MethodType.UNARY, "shop.Stock/Echo"),
                        ServerCalls.<byte[], byte[]>asyncUnaryCall((request, answer) -> {
                            answer.onNext(request);
                            answer.onCompleted();
                        }))
                .addMethod(CallFixture.method(MethodType.UNARY, "shop.Stock/Fail"),
                        ServerCalls.<byte[], byte[]>asyncUnaryCall((_, answer) -> answer.onError(
                                Status.NOT_FOUND.withDescription("no such \u00e4pple").asRuntimeException())))
                .addMethod(CallFixture.method(MethodType.UNARY, "shop.Stock/FailLate"),
                        ServerCalls.<byte[], byte[]>asyncUnaryCall((request, answer) -> {
                            var trailers = new Metadata();
                            trailers.put(NOTE, "late");
                            answer.onNext(request);
                            answer.onError(Status.ABORTED.withDescription("late").asRuntimeException(trailers));
                        }))
                .addMethod(CallFixture.method(MethodType.SERVER_STREAMING, "shop.Stock/Repeat"),
                        ServerCalls.<byte[], byte[]>asyncServerStreamingCall((request, answer) -> {
                            for (int i = 0; i < 3; i++) {
                                answer.onNext(request);
                            }
                            answer.onCompleted();
                        }))
                .addMethod(CallFixture.method(MethodType.CLIENT_STREAMING, "shop.Stock/Count"),
                        ServerCalls.<byte[], byte[]>asyncClientStreamingCall(StockService::counting))
                .build();
    }

    private static StreamObserver<byte[]> counting(StreamObserver<byte[]> answer) {
        var count = new AtomicInteger();
        return new StreamObserver<>() {
            @Override
            public void onNext(byte[] message) {
                count.incrementAndGet();
            }

            @Override
            public void onError(Throwable failure) {
                // the client has gone
            }

            @Override
            public void onCompleted() {
                answer.onNext(String.valueOf(count.get()).getBytes(StandardCharsets.US_ASCII));
                answer.onCompleted();
            }
        };
    }

    /** A message as gRPC frames it. */
    public static byte[] framed(int flags, byte[] message) {
        return java.nio.ByteBuffer.allocate(5 + message.length).put((byte) flags).putInt(message.length).put(message)
                .array();
    }

    /** The same of text. */
    public static byte[] framed(String message) {
        return framed(0, message.getBytes(StandardCharsets.UTF_8));
    }
}
