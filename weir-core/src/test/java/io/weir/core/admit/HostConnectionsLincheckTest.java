package io.weir.core.admit;

import io.weir.core.model.CircuitLimits;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import java.net.InetSocketAddress;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** A host's connections are counted, from several threads, as they would be from one. */
public class HostConnectionsLincheckTest {
    private final CircuitBreaker breaker = new CircuitBreaker(CircuitLimits.DEFAULT.withHostConnectionsMax(2));
    private final Host host = new Host(Endpoint.of(new InetSocketAddress(1)));

    public HostConnectionsLincheckTest() {
        for (int i = 0; i < 3; i++) {
            breaker.forceConnection(host);
        }
    }

    @Operation
    public boolean tryConnection() {
        return breaker.tryConnection(host);
    }

    /** Of a connection begun before: three of them stand open from the start, beyond the limit of two. */
    @Operation
    public void connectionEnded() {
        breaker.connectionEnded(host);
    }

    @Operation
    public int connectionsActive() {
        return host.connectionsActive();
    }

    @Test
    void itIsLinearizable() {
        new ModelCheckingOptions().iterations(10).invocationsPerIteration(300).threads(3).actorsPerThread(3)
                .check(HostConnectionsLincheckTest.class);
    }
}
