package io.weir.filters.transcode;

import com.google.api.AnnotationsProto;
import com.google.api.HttpProto;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import com.google.protobuf.TimestampProto;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.weir.filters.grpc.CallFixture;
import io.weir.xds.compile.Extensions;
import io.weir.xds.compile.ReadContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The service {@code shop.Items}: it gives back what it was asked, so that tests see what a request has become. */
final class ItemsService {
    private static final Metadata.Key<byte[]> DETAILS = Metadata.Key.of("grpc-status-details-bin",
            Metadata.BINARY_BYTE_MARSHALLER);
    private static final DescriptorSet SET = Objects.requireNonNull(DescriptorSet.read(set().toByteString(),
            "proto_descriptor", ReadContext.standalone(Extensions.basic())));

    private ItemsService() {}

    /** What protoc would have written. */
    static FileDescriptorSet set() {
        try (var in = ItemsService.class.getResourceAsStream("items.txt")) {
            var registry = ExtensionRegistry.newInstance();
            AnnotationsProto.registerAllExtensions(registry);
            var file = FileDescriptorProto.newBuilder();
            TextFormat.getParser().merge(new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8),
                    registry, file);
            return FileDescriptorSet.newBuilder().addFile(TimestampProto.getDescriptor().toProto()).addFile(body())
                    .addFile(HttpProto.getDescriptor().toProto()).addFile(file).build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same from its text. */
    static FileDescriptorSet parsed(String text) {
        try {
            var registry = ExtensionRegistry.newInstance();
            AnnotationsProto.registerAllExtensions(registry);
            var set = FileDescriptorSet.newBuilder();
            TextFormat.getParser().merge(text, registry, set);
            return set.build();
        } catch (TextFormat.ParseException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileDescriptorProto body() {
        var message = DescriptorProto.newBuilder().setName("HttpBody").addField(field("content_type", 1,
                FieldDescriptorProto.Type.TYPE_STRING))
                .addField(field("data", 2, FieldDescriptorProto.Type.TYPE_BYTES));
        return FileDescriptorProto.newBuilder().setName("google/api/httpbody.proto").setPackage("google.api")
                .setSyntax("proto3").addMessageType(message).build();
    }

    private static FieldDescriptorProto field(String name, int number, FieldDescriptorProto.Type type) {
        return FieldDescriptorProto.newBuilder().setName(name).setNumber(number).setType(type)
                .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL).build();
    }

    static MethodDescriptor method(String name) {
        return Objects.requireNonNull(Objects.requireNonNull(SET.service("shop.Items")).findMethodByName(name));
    }

    static ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder("shop.Items")
                .addMethod(grpc("Get", MethodType.UNARY), ServerCalls.asyncUnaryCall(ItemsService::get))
                .addMethod(grpc("Create", MethodType.UNARY), ServerCalls.<byte[], byte[]>asyncUnaryCall(
                        ItemsService::echo))
                .addMethod(grpc("Plain", MethodType.UNARY), ServerCalls.<byte[], byte[]>asyncUnaryCall(
                        ItemsService::echo))
                .addMethod(grpc("Update", MethodType.UNARY), ServerCalls.asyncUnaryCall(ItemsService::get))
                .addMethod(grpc("Labels", MethodType.UNARY), ServerCalls.asyncUnaryCall(ItemsService::get))
                .addMethod(grpc("Watch", MethodType.SERVER_STREAMING), ServerCalls.asyncServerStreamingCall(
                        ItemsService::watch))
                .addMethod(grpc("Import", MethodType.CLIENT_STREAMING), ServerCalls.asyncClientStreamingCall(
                        ItemsService::all))
                .addMethod(grpc("Fail", MethodType.UNARY), ServerCalls.asyncUnaryCall(ItemsService::fail))
                .addMethod(grpc("Page", MethodType.UNARY), ServerCalls.asyncUnaryCall(ItemsService::page))
                .build();
    }

    private static io.grpc.MethodDescriptor<byte[], byte[]> grpc(String name, MethodType type) {
        return CallFixture.method(type, "shop.Items/" + name);
    }

    private static DynamicMessage read(String method, byte[] bytes) {
        try {
            return DynamicMessage.parseFrom(method(method).getInputType(), bytes);
        } catch (InvalidProtocolBufferException e) {
            throw Status.INVALID_ARGUMENT.asRuntimeException();
        }
    }

    private static Object of(DynamicMessage message, String field) {
        return message.getField(message.getDescriptorForType().findFieldByName(field));
    }

    private static void echo(byte[] request, StreamObserver<byte[]> answer) {
        answer.onNext(request);
        answer.onCompleted();
    }

    /** The item that the request brought, with the request's id as its name, and the request's labels. */
    private static DynamicMessage item(byte[] request) {
        var asked = read("Get", request);
        var brought = (DynamicMessage) of(asked, "item");
        var type = brought.getDescriptorForType();
        var item = brought.toBuilder().setField(type.findFieldByName("name"), of(asked, "id"));
        if (of(asked, "id").equals("timeless")) { // a time that JSON has no word for
            var at = type.findFieldByName("at");
            item.setField(at, DynamicMessage.newBuilder(at.getMessageType())
                    .setField(at.getMessageType().findFieldByName("seconds"), 1L << 60).build());
        }
        for (Object label : (List<?>) of(asked, "labels")) {
            item.addRepeatedField(type.findFieldByName("labels"), label);
        }
        return item.build();
    }

    private static void get(byte[] request, StreamObserver<byte[]> answer) {
        echo(item(request).toByteArray(), answer);
    }

    private static void watch(byte[] request, StreamObserver<byte[]> answer) {
        var item = item(request);
        if (of(item, "name").equals("nothing")) {
            answer.onCompleted();
            return;
        }
        for (int i = 1; i <= 3; i++) {
            answer.onNext(item.toBuilder().setField(item.getDescriptorForType().findFieldByName("unit_count"), i)
                    .build().toByteArray());
        }
        if (of(item, "name").equals("broken")) {
            answer.onError(Status.ABORTED.asRuntimeException());
        } else {
            answer.onCompleted();
        }
    }

    private static StreamObserver<byte[]> all(StreamObserver<byte[]> answer) {
        List<String> names = new ArrayList<>();
        return new StreamObserver<>() {
            @Override
            public void onNext(byte[] message) {
                names.add((String) of(read("Import", message), "name"));
            }

            @Override
            public void onError(Throwable failure) {
                // the client has gone
            }

            @Override
            public void onCompleted() {
                var type = method("Import").getOutputType();
                echo(DynamicMessage.newBuilder(type).setField(type.findFieldByName("name"), String.join("+", names))
                        .setField(type.findFieldByName("unit_count"), names.size()).build().toByteArray(), answer);
            }
        };
    }

    private static void fail(byte[] request, StreamObserver<byte[]> answer) {
        String id = (String) of(read("Get", request), "id");
        var trailers = new Metadata();
        if (id.equals("detailed")) {
            trailers.put(DETAILS, com.google.rpc.Status.newBuilder().setCode(3).setMessage("in detail").build()
                    .toByteArray());
        } else if (id.equals("late")) {
            answer.onNext(new byte[0]);
        }
        answer.onError(Status.fromCodeValue(id.matches("\\d+") ? Integer.parseInt(id) : 3)
                .withDescription("not \u00fcber here").asRuntimeException(trailers));
    }

    private static void page(byte[] request, StreamObserver<byte[]> answer) {
        var asked = read("Page", request);
        var upload = (DynamicMessage) of(asked, "upload");
        var type = method("Page").getOutputType();
        var data = of(upload, "data").equals(com.google.protobuf.ByteString.EMPTY)
                ? com.google.protobuf.ByteString.copyFromUtf8("<p>" + of(asked, "id") + "</p>")
                : of(upload, "data");
        String kind = (String) of(upload, "content_type");
        echo(DynamicMessage.newBuilder(type).setField(type.findFieldByNumber(1), kind.isEmpty() ? "text/html" : kind)
                .setField(type.findFieldByNumber(2), data).build().toByteArray(), answer);
    }
}
