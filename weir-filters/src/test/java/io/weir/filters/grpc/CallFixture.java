package io.weir.filters.grpc;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.filters.FilterExtensions;
import io.weir.http.config.HttpExtensions;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.ReadManager;
import io.weir.http.config.UpstreamHttpSpec;
import io.weir.http.h2.Http2Options;
import io.weir.http.server.ProxyFixture;
import io.weir.xds.compile.Extensions;
import io.weir.xds.compile.ReadContext;
import io.weir.xds.resource.Problem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A Weir with filters before a real server of gRPC, grpc-java's, and clients of HTTP/1.1 for it. */
public final class CallFixture implements AutoCloseable {
    /** The proxy and its numbers. */
    public final ProxyFixture proxy;
    private final Server server;
    private final HttpClient http = HttpClient.newHttpClient();

    private CallFixture(HttpManagerSpec spec, Server server) {
        this.server = server;
        var endpoint = Endpoint.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()));
        this.proxy = ProxyFixture.with(_ -> ClusterSpec.of("origins", List.of(endpoint))
                .withExtensions(Map.of(UpstreamHttpSpec.TYPE,
                        UpstreamHttpSpec.DEFAULT.with(UpstreamHttpSpec.Protocol.HTTP2, Http2Options.DEFAULT))),
                spec);
    }

    /**
     * Everything goes to the server.
     *
     * @param filters
     *            entries of http_filters, but for the router
     */
    public static CallFixture with(String filters, ServerServiceDefinition service) {
        return routing(filters, """
                routes:
                - { match: { prefix: / }, route: { cluster: origins } }
                """, service);
    }

    /** The same with routes of one's own. */
    public static CallFixture routing(String filters, String routes, ServerServiceDefinition service) {
        try {
            var server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(service).build().start();
            return new CallFixture(spec(filters, routes), server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HttpManagerSpec spec(String filters, String routes) {
        var context = ReadContext.standalone(FilterExtensions.addTo(HttpExtensions.addTo(Extensions.basic())));
        var spec = context.extension("typed_config", Any.pack(ReadManager.message("""
                stat_prefix: in
                http_filters:
                """ + filters + """
                - name: router
                  typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                route_config:
                  virtual_hosts:
                  - name: all
                    domains: "*"
                """ + routes.indent(4), HttpConnectionManager.getDefaultInstance())), HttpManagerSpec.class);
        var errors = context.problems().stream().filter(Problem::isError).toList();
        if (!errors.isEmpty()) {
            throw new AssertionError(errors.toString());
        }
        return Objects.requireNonNull(spec);
    }

    /** One entry of http_filters. */
    public static String filter(String type, String fields) {
        return "- name: f\n  typed_config:\n    \"@type\": type.googleapis.com/" + type + "\n" + fields.indent(4);
    }

    /** A method whose messages are bytes. */
    public static MethodDescriptor<byte[], byte[]> method(MethodType type, String name) {
        return MethodDescriptor.<byte[], byte[]>newBuilder().setType(type).setFullMethodName(name)
                .setRequestMarshaller(new Bytes()).setResponseMarshaller(new Bytes()).build();
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A request that can be completed. */
    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxy.port + path))
                .version(HttpClient.Version.HTTP_1_1);
    }

    /** Its answer, whole. */
    public HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    /** What a number below the cluster has come to. */
    public long count(String name) {
        return proxy.stats.sorted().stream().filter(metric -> metric.name().equals("cluster.origins." + name))
                .mapToLong(metric -> ((io.weir.core.stats.Counter) metric).value()).sum();
    }

    @Override
    public void close() {
        http.close();
        proxy.close();
        server.shutdownNow();
    }
}
