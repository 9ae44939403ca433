package io.weir.app.asked;

import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.UnaryOperator;

/** A gRPC service of one call, by grpc-java, whose messages are bytes; an answer of none is never given. */
record AskedService(Server server) implements AutoCloseable {
    /**
     * Listens on a free port of loopback.
     *
     * @param path
     *            {@code /SERVICE/METHOD}
     */
    static AskedService start(String path, UnaryOperator<byte[]> answers) throws IOException {
        String method = path.substring(1);
        var call = MethodDescriptor.<byte[], byte[]>newBuilder().setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method).setRequestMarshaller(new Bytes()).setResponseMarshaller(new Bytes()).build();
        var service = ServerServiceDefinition.builder(method.substring(0, method.indexOf('/')))
                .addMethod(call, ServerCalls.<byte[], byte[]>asyncUnaryCall((question, client) -> {
                    byte[] answer = answers.apply(question);
                    if (answer.length > 0) {
                        client.onNext(answer);
                        client.onCompleted();
                    }
                })).build();
        return new AskedService(NettyServerBuilder
                .forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).addService(service).build()
                .start());
    }

    /** The cluster of this name whose host it is. */
    String cluster(String name) {
        return cluster(name, server.getPort());
    }

    /** A cluster of HTTP/2 with one host. */
    static String cluster(String name, int port) {
        return """
                - name: %s
                  typed_extension_protocol_options:
                    envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                      "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                      explicit_http_config: { http2_protocol_options: {} }
                  load_assignment:
                    cluster_name: %s
                    endpoints: [ { lb_endpoints: [ { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } } ] } ]
                """
                .formatted(name, name, port);
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
