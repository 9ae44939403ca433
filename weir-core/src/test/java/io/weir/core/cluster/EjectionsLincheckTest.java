package io.weir.core.cluster;

import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.rule.EjectionSpec;
import java.net.InetSocketAddress;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/** Workers eject while the conductor lets back: no host is forgotten, which would be out for ever. */
@Param(name = "host", gen = IntGen.class, conf = "0:1")
public class EjectionsLincheckTest {
    private static final EjectionSpec RULE = new EjectionSpec(1, 1, 4);

    private final List<Host> hosts = List.of(host(1), host(2));
    private final Ejections ejections = new Ejections("web", _ -> {
    });
    private long nowNanos;

    private static Host host(int port) {
        return new Host(Endpoint.of(InetSocketAddress.createUnresolved("h", port)));
    }

    @Operation
    public void unreachable(@Param(name = "host") int index) {
        Host host = hosts.get(index);
        if (host.unreachable(RULE, 0)) {
            ejections.ejected(host);
        }
    }

    @Operation(nonParallelGroup = "conductor")
    public void tick() {
        ejections.tick(RULE, _ -> true, ++nowNanos);
    }

    @Validate
    public void allAreBackWhenTheirTimeIsOver() {
        ejections.tick(RULE, _ -> true, 1_000);
        if (hosts.stream().anyMatch(Host::ejected)) {
            throw new IllegalStateException("out for ever");
        }
    }

    @Test
    void noneIsForgotten() {
        new ModelCheckingOptions().iterations(5).invocationsPerIteration(200).threads(3).actorsPerThread(2)
                .check(EjectionsLincheckTest.class);
    }
}
