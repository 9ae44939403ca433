package io.weir.app.peers.tiers;

import io.weir.testkit.Await;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Clients of HTTP/1.1 that ask one after another, keep their connection as long as it is not told to end, and know
 * several addresses: what is not answered at one is asked at the next.
 */
final class KeptClients implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /**
     * Who has rested for longer begins anew: a server may have closed such a connection meanwhile. Far less than the
     * second after which a Weir that drains does so, as what is sent then may take its time on a slow machine.
     */
    private static final long REST_NANOS_MAX = Duration.ofMillis(100).toNanos();

    private final int triesMax;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong answered = new AtomicLong();
    private final Queue<String> askedAgain = new ConcurrentLinkedQueue<>();
    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    private KeptClients(int triesMax) {
        this.triesMax = triesMax;
    }

    /**
     * One client for each list of addresses.
     *
     * @param triesMax
     *            how often a request is made until it counts as an error
     */
    static KeptClients start(List<List<InetSocketAddress>> addresses, int triesMax) {
        KeptClients clients = new KeptClients(triesMax);
        for (List<InetSocketAddress> known : addresses) {
            Client client = clients.new Client(known);
            clients.threads.add(Thread.ofVirtual().start(client::ask));
        }
        return clients;
    }

    private final class Client {
        private final List<InetSocketAddress> addresses;
        private int at;
        private @Nullable RawHttp kept;
        private long answeredNanos;

        Client(List<InetSocketAddress> addresses) {
            this.addresses = addresses;
        }

        void ask() {
            try {
                while (!over) {
                    one();
                    Thread.sleep(5);
                }
                leave();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IOException e) {
                errors.add("at the end: " + e);
            }
        }

        private void one() throws IOException {
            List<String> failures = new ArrayList<>();
            while (failures.size() < triesMax) {
                try {
                    HttpMessage answer = answer();
                    if (answer.status() != 200) {
                        errors.add(answer.status() + " " + answer.body());
                    }
                    answered.incrementAndGet();
                    askedAgain.addAll(failures);
                    return;
                } catch (IOException e) {
                    failures.add(addresses.get(at) + ": " + e);
                    leave();
                    at = (at + 1) % addresses.size();
                }
            }
            errors.add(failures.toString());
        }

        private HttpMessage answer() throws IOException {
            if (System.nanoTime() - answeredNanos > REST_NANOS_MAX) {
                leave();
            }
            RawHttp connection = kept;
            if (connection == null) {
                connection = RawHttp.connect(addresses.get(at), 0).patience(PATIENCE);
                kept = connection;
            }
            HttpMessage answer = connection.send("GET / HTTP/1.1\r\nHost: weir.example\r\n\r\n").response();
            answeredNanos = System.nanoTime();
            if (answer.header("connection").filter("close"::equals).isPresent()) {
                leave();
            }
            return answer;
        }

        private void leave() throws IOException {
            RawHttp connection = kept;
            kept = null;
            if (connection != null) {
                connection.close();
            }
        }
    }

    long answered() {
        return answered.get();
    }

    /** Waits until so many more have been answered, or one could not be. */
    void awaitMore(long more) {
        long wanted = answered() + more;
        Await.until(() -> answered() + " of " + wanted + " answers",
                () -> answered() >= wanted || !errors.isEmpty());
    }

    /** What went wrong with requests that were answered at a later try. */
    List<String> askedAgain() {
        return List.copyOf(askedAgain);
    }

    List<String> errors() {
        return List.copyOf(errors);
    }

    /** Lets them finish what they are about, and waits for it. */
    void finish() {
        over = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    @Override
    public void close() {
        finish();
    }
}
