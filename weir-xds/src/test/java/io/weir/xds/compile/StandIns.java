package io.weir.xds.compile;

import java.util.List;
import java.util.Map;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;

import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.weir.core.model.AccessLogSpec;
import io.weir.core.rule.CheckProtocol;
import io.weir.xds.introduce.IntroductionReader;
import io.weir.xds.listen.ListenerFilters;
import io.weir.xds.tls.TlsReaders;
import io.weir.xds.spec.ConnectionFilter;

import org.jspecify.annotations.Nullable;

/**
 * Readers that stand in for those of the HTTP and stream modules: they take everything, and name the clusters in it.
 */
public final class StandIns {

    private StandIns() {}

    /** What this module knows, with stand-ins for filters and upstream options. */
    public static Extensions extensions() {
        return ListenerFilters.addTo(IntroductionReader.addTo(TlsReaders.addTo(Extensions.basic())))
                .withHonoured(StandIns.class, "/io/weir/xds/compile/honoured.txt").with(
                        new Reader(HttpConnectionManager.getDefaultInstance()),
                        new Reader(TcpProxy.getDefaultInstance()),
                        new Reader(HttpProtocolOptions.getDefaultInstance()),
                        new PassingReader(ConnectionLimit.getDefaultInstance()),
                        new CheckStandIn(HealthCheck.HttpHealthCheck.getDefaultInstance()),
                        new CheckStandIn(HealthCheck.TcpHealthCheck.getDefaultInstance()),
                        new CheckStandIn(HealthCheck.GrpcHealthCheck.getDefaultInstance()));
    }

    /** What a stand-in makes of a check. */
    public record Protocol(String label, Message message) implements CheckProtocol {
    }

    private record CheckStandIn(Message prototype) implements ExtensionReader<Message, Protocol> {

        @Override
        public Class<Protocol> kind() {
            return Protocol.class;
        }

        @Override
        public Protocol read(Message config, ReadContext context) {
            return new Protocol(config.getDescriptorForType().getName(), config);
        }
    }

    /** What a stand-in makes of a message. */
    public record Taken(String type, List<AccessLogSpec> accessLog) {
    }

    /** What a stand-in makes of a network filter that does not end its chain. */
    public record Passing(String type) implements ConnectionFilter {
    }

    private record PassingReader(Message prototype) implements ExtensionReader<Message, Passing> {

        @Override
        public Class<Passing> kind() {
            return Passing.class;
        }

        @Override
        public Passing read(Message config, ReadContext context) {
            return new Passing(type());
        }
    }

    private record Reader(Message prototype) implements ExtensionReader<Message, Taken> {

        @Override
        public Class<Taken> kind() {
            return Taken.class;
        }

        @Override
        public @Nullable Taken read(Message config, ReadContext context) {
            clusters(config, "", context);
            List<AccessLog> logs = config instanceof HttpConnectionManager http
                    ? http.getAccessLogList()
                    : config instanceof TcpProxy tcp ? tcp.getAccessLogList() : List.of();
            return new Taken(type(), context.accessLogs("access_log", logs));
        }

        private static void clusters(Message message, String path, ReadContext context) {
            for (Map.Entry<FieldDescriptor, Object> set : message.getAllFields().entrySet()) {
                FieldDescriptor field = set.getKey();
                String at = path.isEmpty() ? field.getName() : path + "." + field.getName();
                if (isCluster(field)) {
                    context.clusterReferenced(at, (String) set.getValue());
                } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isMapField()) {
                    if (set.getValue() instanceof List<?> items) {
                        for (int i = 0; i < items.size(); i++) {
                            inside((Message) items.get(i), at + "[" + i + "]", context);
                        }
                    } else {
                        inside((Message) set.getValue(), at, context);
                    }
                }
            }
        }

        private static void inside(Message message, String path, ReadContext context) {
            if (!(message instanceof Any)) {
                clusters(message, path, context);
            }
        }

        private static boolean isCluster(FieldDescriptor field) {
            String type = field.getContainingType().getName();
            return field.getName().equals("cluster") && (type.equals("RouteAction") || type.equals("TcpProxy"))
                    || field.getName().equals("name") && type.equals("ClusterWeight");
        }
    }
}
