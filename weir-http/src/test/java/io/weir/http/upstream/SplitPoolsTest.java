package io.weir.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.cluster.Cluster;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.RoutingPriority;
import io.weir.core.stats.Stats;
import io.weir.net.tls.RequestName;
import io.weir.net.transport.Worker;
import io.weir.net.transport.Workers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SplitPoolsTest {
    private final Workers workers = Workers.start(1);
    private final Worker worker = workers.all().getFirst();
    private final Cluster cluster = new Cluster(ClusterSpec.of("origins",
            List.of(Endpoint.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9)))), new Stats());
    private final Host host;

    SplitPoolsTest() {
        cluster.endpoints(cluster.spec().endpoints(), 0);
        host = cluster.view().hosts().all().iterator().next();
    }

    @AfterEach
    void end() {
        workers.close();
    }

    private <T> T there(Callable<T> work) throws Exception {
        return worker.loop().submit(work).get(30, TimeUnit.SECONDS);
    }

    private SplitPools.Key key(int name) {
        return new SplitPools.Key(host, RoutingPriority.DEFAULT, 0, RequestName.of("n" + name + ".example"));
    }

    private void put(SplitPools split, int name, boolean current) {
        split.put(key(name), Pools.of(worker).make(cluster, host, RoutingPriority.DEFAULT, "HTTP/1.1", false, null,
                RequestName.of("n" + name + ".example")), current);
    }

    @Test
    void ofTooManyTheOneThatWasOfNoUseForLongestGoes() throws Exception {
        assertThat(there(() -> {
            var split = new SplitPools(Pools.of(worker));
            for (int i = 0; i < SplitPools.POOLS_MAX; i++) {
                put(split, i, true);
            }
            boolean first = split.find(key(0)) != null; // and so it is not the oldest any more
            put(split, SplitPools.POOLS_MAX, true);
            return List.of(first, split.find(key(0)) != null, split.find(key(1)) != null, split.find(key(2)) != null,
                    split.find(key(SplitPools.POOLS_MAX)) != null);
        })).containsExactly(true, true, false, true, true);
    }

    @Test
    void aPoolOfAHostThatHasGoneIsNotFound() throws Exception {
        assertThat(there(() -> {
            var split = new SplitPools(Pools.of(worker));
            put(split, 1, false);
            put(split, 2, true);
            boolean current = split.find(key(2)) != null;
            split.release();
            return List.of(split.find(key(1)) != null, current, split.find(key(2)) != null, split.empty());
        })).containsExactly(false, true, false, true);
    }
}
