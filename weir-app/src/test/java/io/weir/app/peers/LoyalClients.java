package io.weir.app.peers;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that ask one after another over connections they keep, by the JDK's own client, which honours
 * {@code Connection: close} and GOAWAY. Where a port refuses a connection they go to the next one, and stay there.
 */
final class LoyalClients implements AutoCloseable {
    private final HttpClient.Version version;
    private final int[] ports;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong answered = new AtomicLong();
    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    private LoyalClients(HttpClient.Version version, int... ports) {
        this.version = version;
        this.ports = ports.clone();
    }

    /** So many clients, each with connections of its own; each has at most one request under way. */
    static LoyalClients start(HttpClient.Version version, int count, int... ports) {
        LoyalClients clients = new LoyalClients(version, ports);
        for (int i = 0; i < count; i++) {
            clients.threads.add(Thread.ofVirtual().start(clients::ask));
        }
        return clients;
    }

    private void ask() {
        int at = 0;
        try (HttpClient client = HttpClient.newBuilder().version(version).connectTimeout(Duration.ofSeconds(20))
                .build()) {
            while (!over) {
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports[at] + "/"))
                        .timeout(Duration.ofSeconds(20)).build();
                try {
                    HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
                    if (response.statusCode() == 200) {
                        answered.incrementAndGet();
                    } else {
                        errors.add(at + ": " + response.statusCode() + " " + response.body());
                    }
                } catch (ConnectException e) {
                    if (at + 1 == ports.length) {
                        errors.add("nobody is left: " + e);
                        return;
                    }
                    at++;
                } catch (IOException e) {
                    errors.add(at + ": " + e);
                }
                Thread.sleep(5);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    long answered() {
        return answered.get();
    }

    /** What was no answer, or none with 200. */
    List<String> errors() {
        return List.copyOf(errors);
    }

    /** Lets them finish what they are about, and waits for it. */
    @Override
    public void close() {
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
}
