package io.weir.filters.grpc;

import io.weir.core.cluster.Clusters;
import io.weir.core.stats.ClusterStats;
import io.weir.core.stats.Scope;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.FilterExchange;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which numbers a call belongs to. One for each place that configures a filter, shared by all workers. As clients name
 * the methods, so many are counted by name and no more: the rest is counted together.
 *
 * @param <N>
 *            the numbers of one method
 */
public final class Calls<N> {
    /** Methods, of all clusters together, that are counted by their names. */
    public static final int NAMED_MAX = 1_000;
    /** What one connection remembers of the methods that it calls. */
    private static final int KEPT = 8;
    private static final int NAME_BYTES_MAX = 256;

    private final Clusters clusters;
    private final String protocol;
    private final Naming naming;
    private final Function<CallNumbers, N> numbers;
    private final Set<String> named = ConcurrentHashMap.newKeySet();

    /** Which methods are counted by their names. */
    @FunctionalInterface
    public interface Naming {
        /** What stands for the service in names, or null where the method is counted with all others. */
        @Nullable
        String service(String service, String method);
    }

    /**
     * None yet.
     *
     * @param protocol
     *            the name below the cluster's, {@code grpc} or {@code grpc-web}
     */
    public Calls(Clusters clusters, String protocol, Naming naming, Function<CallNumbers, N> numbers) {
        this.clusters = clusters;
        this.protocol = protocol;
        this.naming = naming;
        this.numbers = numbers;
    }

    /** The same as one connection sees it. */
    public Finder finder(FilterExchange exchange) {
        return new Finder(exchange);
    }

    /** Finds the numbers of calls, and remembers those of the last ones. Belongs to one worker. */
    public final class Finder {
        private final FilterExchange exchange;
        private final byte[][] paths = new byte[KEPT][];
        private final ClusterStats[] owners = new ClusterStats[KEPT];
        private final Object[] found = new Object[KEPT];
        private int next;

        private Finder(FilterExchange exchange) {
            this.exchange = exchange;
        }

        /** The numbers of a call, or null where it goes to no cluster that there is. */
        @SuppressWarnings({"unchecked", "ReferenceEquality"}) // its own; a cluster that comes back has new numbers
        public @Nullable N of(HttpHead request) {
            var target = exchange.target();
            var cluster = target == null ? null : clusters.find(target.cluster());
            if (cluster == null) {
                return null;
            }
            var owner = cluster.stats();
            int start = request.pathStart();
            int end = request.queryStart();
            for (int i = 0; i < KEPT; i++) {
                byte[] path = paths[i];
                if (path != null && owners[i] == owner
                        && Arrays.equals(path, 0, path.length, request.bytes(), start, end)) {
                    return (N) found[i];
                }
            }
            byte[] path = Arrays.copyOfRange(request.bytes(), start, end);
            N made = numbers.apply(new CallNumbers(scope(owner, new String(path, StandardCharsets.UTF_8))));
            if (path.length <= NAME_BYTES_MAX) {
                paths[next] = path;
                owners[next] = owner;
                found[next] = made;
                next = (next + 1) % KEPT;
            }
            return made;
        }
    }

    private Scope scope(ClusterStats cluster, String path) {
        var scope = cluster.scope().child(protocol);
        int slash = path.indexOf('/', 1);
        if (!path.startsWith("/") || slash < 2 || slash + 1 == path.length() || path.indexOf('/', slash + 1) >= 0
                || path.length() > NAME_BYTES_MAX) {
            return scope;
        }
        String method = path.substring(slash + 1);
        String service = naming.service(path.substring(1, slash), method);
        if (service == null || !admitted(service + '/' + method)) {
            return scope;
        }
        return scope.tagged("envoy.grpc_bridge_service", service).tagged("envoy.grpc_bridge_method", method);
    }

    private boolean admitted(String name) {
        return named.contains(name) || (named.size() < NAMED_MAX && named.add(name));
    }
}
