package io.weir.bench.side;

import io.weir.testkit.PeerProcess;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the threads of a running JVM have allocated on its heap since their start, as its own thread dump tells. */
final class HeapUse {
    private static final Pattern ALLOCATED = Pattern.compile(" allocated=([0-9.]+)([BKMGT])");

    private HeapUse() {}

    /** The JVM among the program's processes, if there is one. */
    static Optional<Long> jvm(PeerProcess peer) {
        return peer.processes().stream()
                .filter(process -> process.info().command().filter(path -> path.endsWith("/java")).isPresent())
                .map(ProcessHandle::pid).findFirst();
    }

    /** Bytes, exact to a thousandth or so: the dump rounds each thread's figure. */
    static double allocatedBytes(long pid) {
        String jcmd = Path.of(System.getProperty("java.home", ""), "bin", "jcmd").toString();
        Matcher matcher = ALLOCATED.matcher(Tool.output(jcmd, Long.toString(pid), "Thread.print", "-e"));
        double bytes = 0;
        while (matcher.find()) {
            bytes += Double.parseDouble(matcher.group(1)) * factor(matcher.group(2));
        }
        return bytes;
    }

    private static double factor(String unit) {
        return switch (unit) {
            case "B" -> 1;
            case "K" -> 1024;
            case "M" -> 1024 * 1024;
            case "G" -> 1024.0 * 1024 * 1024;
            default -> throw new IllegalStateException("unit " + unit);
        };
    }
}
