package io.weir.bench.overload;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Offers a running Weir from half to three times of what the origin behind it can do, at times that depend on nobody's
 * answers, and prints how much is answered well, in time, and what the process holds: {@code overload PORT PID
 * ORIGIN_PORT [SECONDS [BODY_BYTES]]}. The origin is this program's. With a body the origin takes no time, and Weir's
 * own work with the body is what is short: how much it can do is found out first, by clients that wait for answers.
 */
public final class Goodput {
    /** The origin does 8 at a time, each in 20 ms: 400 a second. */
    private static final int AT_A_TIME = 8;
    private static final long WORK_MICROS = 20_000;
    private static final int CAPACITY = 400;
    private static final double[] LOADS = {0.5, 1, 1.5, 2, 3};
    /** Who has waited so long has given up. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int SECONDS = 10;
    private static final int SETTLE_SECONDS = 3;
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    private final InetSocketAddress front;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();

    private Goodput(int port) {
        this.front = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private record Connection(Socket socket, InputStream in) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** What came of one load. */
    private static final class Tally {
        private final LongAdder good = new LongAdder();
        private final LongAdder refused = new LongAdder();
        private final LongAdder late = new LongAdder();
        private final LongAdder broken = new LongAdder();
        private final Queue<Long> goodNanos = new ConcurrentLinkedQueue<>();
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 3) {
            System.err.println("overload PORT PID ORIGIN_PORT [SECONDS [BODY_BYTES]]");
            System.exit(2);
        }
        Goodput bench = new Goodput(Integer.parseInt(arguments[0]));
        long pid = Long.parseLong(arguments[1]);
        int seconds = arguments.length > 3 ? Integer.parseInt(arguments[3]) : SECONDS;
        int bodyBytes = arguments.length > 4 ? Integer.parseInt(arguments[4]) : 0;
        try (SlowOrigin _ = bodyBytes > 0
                ? new SlowOrigin(Integer.parseInt(arguments[2]), Integer.MAX_VALUE, 0, bodyBytes)
                : new SlowOrigin(Integer.parseInt(arguments[2]), AT_A_TIME, WORK_MICROS, 2)) {
            int capacity = bodyBytes > 0 ? bench.capacity(seconds) : CAPACITY;
            System.out.println("| offered | good in 1 s | p99 of these | refused | too late | broken | MiB resident |");
            System.out.println("|---|---|---|---|---|---|---|");
            bench.load((int) (capacity * LOADS[0]), SETTLE_SECONDS); // warms up
            for (double load : LOADS) {
                int rate = (int) (capacity * load);
                bench.load(rate, SETTLE_SECONDS); // whatever finds a limit, finds it meanwhile
                Tally tally = bench.load(rate, seconds);
                System.out.printf("| %.1f x %d/s | %.0f/s | %s | %.0f/s | %.0f/s | %.0f/s | %.0f |%n", load, capacity,
                        tally.good.sum() / (double) seconds, p99(tally),
                        tally.refused.sum() / (double) seconds, tally.late.sum() / (double) seconds,
                        tally.broken.sum() / (double) seconds, residentMebibytes(pid));
            }
        }
    }

    private static String p99(Tally tally) {
        long[] sorted = tally.goodNanos.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted.length == 0 ? "" : "%.0f ms".formatted(sorted[(int) (sorted.length * 0.99)] / 1e6);
    }

    /** Answers a second to clients who ask when they have been answered: the second time, when all is warm. */
    private int capacity(int seconds) {
        waiting(SETTLE_SECONDS + seconds);
        return waiting(seconds);
    }

    private int waiting(int seconds) {
        Tally tally = new Tally();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < AT_A_TIME; i++) {
                clients.execute(() -> {
                    while (end - System.nanoTime() > 0) {
                        ask(System.nanoTime(), tally);
                    }
                });
            }
        }
        return Math.max(1, (int) (tally.good.sum() / seconds));
    }

    /** So many requests a second, evenly, whatever becomes of them; waits for the last. */
    private Tally load(int rate, int seconds) {
        Tally tally = new Tally();
        long began = System.nanoTime();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < rate * seconds; i++) {
                long due = began + TimeUnit.SECONDS.toNanos(1) * i / rate;
                while (due - System.nanoTime() > 0) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                clients.execute(() -> ask(due, tally));
            }
        }
        return tally;
    }

    /** Time counts from when the request was due, not from when somebody came to send it. */
    private void ask(long due, Tally tally) {
        Connection connection = idle.pollFirst();
        boolean fresh = connection == null;
        try {
            connection = fresh ? connect() : connection;
            connection.socket.setSoTimeout(
                    (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(due + PATIENCE_NANOS - System.nanoTime())));
            connection.socket.getOutputStream().write(Wire.request());
            int status = Wire.answer(connection.in);
            long took = System.nanoTime() - due;
            if (took > PATIENCE_NANOS) {
                tally.late.increment();
            } else if (status == 200) {
                tally.good.increment();
                tally.goodNanos.add(took);
            } else {
                tally.refused.increment();
            }
            idle.addFirst(connection);
        } catch (IOException e) {
            boolean late = e instanceof SocketTimeoutException;
            (late ? tally.late : fresh ? tally.refused : tally.broken).increment(); // a proxy may close what is new
            close(connection);
        }
    }

    private Connection connect() throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(front, (int) TimeUnit.NANOSECONDS.toMillis(PATIENCE_NANOS));
        return new Connection(socket, new BufferedInputStream(socket.getInputStream()));
    }

    private static void close(@Nullable Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (IOException e) {
                // it is of no more use in any case
            }
        }
    }

    private static double residentMebibytes(long pid) throws IOException {
        Matcher resident = RESIDENT.matcher(
                Files.readString(Path.of("/proc", Long.toString(pid), "status"), StandardCharsets.UTF_8));
        return resident.find() ? Long.parseLong(resident.group(1)) / 1024.0 : Double.NaN;
    }
}
