package io.weir.app.overload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.weir.net.transport.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read where the kernel tells it; the files are written as it writes them. */
class MonitorsTest {
    private static final long MEBIBYTE = 1 << 20;

    @TempDir
    private Path root = Path.of("");

    private Path write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private Cgroup group(String groups) throws IOException {
        return new Cgroup(root.resolve("fs"), write("self", groups));
    }

    @Test
    void aGroupOfVersion2IsReadWhereItIsShown() throws IOException {
        Cgroup group = group("0::/system.slice/weir.service\n");
        write("fs/system.slice/weir.service/memory.current", "300\n");
        write("fs/system.slice/weir.service/memory.max", "1200\n");
        write("fs/system.slice/weir.service/cpu.max", "150000 100000\n");
        write("fs/system.slice/weir.service/cpu.stat", "usage_usec 2500000\nuser_usec 1\nsystem_usec 1\n");
        assertThat(group.memoryBytes()).isEqualTo(300);
        assertThat(group.memoryBytesMax()).isEqualTo(1200);
        assertThat(group.cpus(8)).isEqualTo(1.5);
        assertThat(group.cpus(1)).isEqualTo(1);
        assertThat(group.cpuSeconds()).isEqualTo(2.5);
    }

    @Test
    void aContainersGroupIsTheRootAndNeedHaveNoLimit() throws IOException {
        Cgroup group = group("0::/elsewhere\n");
        write("fs/memory.current", "300\n");
        write("fs/memory.max", "max\n");
        write("fs/cpu.max", "max 100000\n");
        assertThat(group.memoryBytesMax()).isEqualTo(Long.MAX_VALUE);
        assertThat(group.cpus(2)).isEqualTo(2);
    }

    @Test
    void aGroupOfVersion1IsReadByItsControllers() throws IOException {
        Cgroup group = group("5:memory:/docker/a\n4:cpu,cpuacct:/docker/a\n0::/\n");
        write("fs/memory/docker/a/memory.usage_in_bytes", "300\n");
        write("fs/memory/docker/a/memory.limit_in_bytes", "1200\n");
        write("fs/cpu/docker/a/cpu.cfs_quota_us", "50000\n");
        write("fs/cpu/docker/a/cpu.cfs_period_us", "100000\n");
        write("fs/cpuacct/docker/a/cpuacct.usage", "2500000000\n");
        assertThat(group.memoryBytes()).isEqualTo(300);
        assertThat(group.memoryBytesMax()).isEqualTo(1200);
        assertThat(group.cpus(8)).isEqualTo(0.5);
        assertThat(group.cpuSeconds()).isEqualTo(2.5);
    }

    @Test
    void withoutAGroupNothingIsMeasured() throws IOException {
        Cgroup group = group("");
        assertThatThrownBy(group::memoryBytes).isInstanceOf(IOException.class).hasMessageContaining("memory.current");
        assertThat(group.cpus(2)).isEqualTo(2);
    }

    @Test
    void processorsThatStayBusyAreToldSlowlyAndBurstsHardly() throws IOException {
        var times = new ArrayDeque<>(List.of(new CpuMonitor.Times(5, 100), new CpuMonitor.Times(15, 110),
                new CpuMonitor.Times(15, 120), new CpuMonitor.Times(15, 120)));
        CpuMonitor monitor = new CpuMonitor(times::remove);
        assertThat(monitor.pressure()).isZero();
        assertThat(monitor.pressure()).isCloseTo(CpuMonitor.WEIGHT, within(1e-9));
        double after = CpuMonitor.WEIGHT * (1 - CpuMonitor.WEIGHT);
        assertThat(monitor.pressure()).isCloseTo(after, within(1e-9));
        assertThat(monitor.pressure()).as("no time has passed").isCloseTo(after, within(1e-9));
    }

    @Test
    void theMachinesTimesAreThoseOfItsFirstLine() throws IOException {
        Path stat = write("stat", "cpu  10 0 10 70 10 0 0 0 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n");
        CpuMonitor monitor = CpuMonitor.ofTheMachine(stat);
        monitor.pressure();
        Files.writeString(stat, "cpu  35 0 10 70 10 25 25 25 25 25\n"); // 100 more, all in use
        assertThat(monitor.pressure()).isCloseTo(CpuMonitor.WEIGHT, within(1e-9));
        Files.writeString(stat, "intr 1\n");
        assertThatThrownBy(monitor::pressure).isInstanceOf(IOException.class);
    }

    @Test
    void aNumberIsInjectedByAFileAndAnythingElseIsRefused() throws IOException {
        assertThat(Monitors.injected(write("pressure", "0.75\n"))).isEqualTo(0.75);
        for (String wrong : List.of("", "much", "1.5", "-0.1", "NaN")) {
            Path file = write("pressure", wrong);
            assertThatThrownBy(() -> Monitors.injected(file)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void whatTheProcessKeepsCountsAndBuffersOfConnectionsToo() {
        try (Workers workers = Workers.start(1)) {
            HeapMonitor monitor = new HeapMonitor(1, workers.allocator());
            long before = monitor.bytes();
            assertThat(before).isPositive();
            var buffer = workers.allocator().directBuffer((int) (64 * MEBIBYTE));
            assertThat(monitor.bytes() - before).isGreaterThan(32 * MEBIBYTE);
            buffer.release();
        }
    }
}
