package io.weir.core.balance;

import io.weir.core.model.Host;
import io.weir.core.model.HostList;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** Workers find a host by its address as it is, while the conductor changes hosts and makes the index. */
@Param(name = "host", gen = IntGen.class, conf = "0:1")
public class DirectoryLincheckTest {
    private final List<Host> hosts = Asked.hosts(1, 1);
    private final List<Host> there = new ArrayList<>(hosts);
    private final Overriding.Directory directory = new Overriding.Directory();

    /** Both hosts are there, and nobody has asked for one yet. */
    public DirectoryLincheckTest() {
        directory.hosts(HostList.copyOf(there), null);
    }

    @Operation
    public boolean find(@Param(name = "host") int index) {
        Host host = hosts.get(index);
        Pick.Chosen found = directory.find(host.addressText());
        return found != null && found.host() == host;
    }

    /** It goes, or comes back. */
    @Operation(nonParallelGroup = "conductor")
    public boolean change(@Param(name = "host") int index) {
        Host host = hosts.get(index);
        boolean gone = there.remove(host) || !there.add(host);
        directory.hosts(HostList.copyOf(there), List.of(host));
        return gone;
    }

    /** Any host may have changed: the index is made anew. */
    @Operation(nonParallelGroup = "conductor")
    public void changeAny() {
        directory.hosts(HostList.copyOf(there), null);
    }

    @Operation(nonParallelGroup = "conductor")
    public void tick() {
        directory.tick();
    }

    @Test
    void itIsLinearizable() {
        new ModelCheckingOptions().iterations(5).invocationsPerIteration(150).threads(3).actorsPerThread(3)
                .check(DirectoryLincheckTest.class);
    }
}
