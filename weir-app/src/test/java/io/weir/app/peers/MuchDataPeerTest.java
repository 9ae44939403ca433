package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Much data through a Weir process, whose resident memory must not follow it. */
class MuchDataPeerTest {
    private static final long MIB = 1 << 20;
    private static final long BYTES = Integer.getInteger("weir.bulk.mib", 256) * MIB;
    private static final long GROWTH_BYTES_MAX = 32 * MIB;
    private static final int SLOW_READS = Integer.getInteger("weir.slow.reads", 20);

    @Test
    void manyBytesPassBothWaysUnchangedAndResidentMemoryStays() throws Exception {
        int http = Ports.free();
        int tcp = Ports.free();
        try (BulkOrigin origin = new BulkOrigin(); WeirProcess weir = weir(origin, http, tcp)) {
            for (int port : new int[]{http, tcp}) {
                String name = port == http ? "http" : "tcp";
                download(port, MIB);
                upload(port, MIB);
                unfollowed(weir, name + " download", () -> download(port, BYTES));
                unfollowed(weir, name + " upload", () -> upload(port, BYTES));
            }
        }
    }

    @Test
    void aSlowReaderHoldsItsSenderBackAndResidentMemoryStays() throws Exception {
        int http = Ports.free();
        int tcp = Ports.free();
        for (int port : new int[]{http, tcp}) {
            String name = port == http ? "http" : "tcp";
            try (BulkOrigin origin = new BulkOrigin(); WeirProcess weir = weir(origin, http, tcp)) {
                download(port, MIB);
                long sentBefore = origin.sentBytes();
                unfollowed(weir, name + " slow reader", () -> {
                    try (RawHttp client = RawHttp.connect(Ports.loopback(port), 4096)) {
                        client.send("GET /" + BYTES + " HTTP/1.1\r\nHost: weir.example\r\n\r\n");
                        for (int i = 0; i < SLOW_READS; i++) {
                            assertThat(client.read(1024)).hasSize(1024);
                            Thread.sleep(100);
                        }
                    }
                });
                // what the kernel's and Weir's buffers hold, not what the origin could have sent
                assertThat(origin.sentBytes() - sentBefore).isLessThan(GROWTH_BYTES_MAX);
            }
        }
    }

    /** One piece of work, which may fail as tests do. */
    @FunctionalInterface
    private interface Work {
        void run() throws Exception;
    }

    private static void unfollowed(WeirProcess weir, String name, Work work) throws Exception {
        weir.forgetPeak();
        long beforeBytes = weir.residentBytes();
        long startNanos = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        long peakBytes = weir.residentBytesPeak();
        System.out.printf("%s: %.1f s, resident %d MiB before, %d at most%n", name, seconds, beforeBytes / MIB,
                peakBytes / MIB);
        assertThat(peakBytes - beforeBytes).as(name + "\n" + weir.output()).isLessThan(GROWTH_BYTES_MAX);
    }

    private static WeirProcess weir(BulkOrigin origin, int http, int tcp) throws IOException {
        return WeirProcess.run("""
                listen:
                  - { on: "127.0.0.1:%d", to: bulk }
                  - { on: "127.0.0.1:%d", protocol: tcp, to: bulk }
                services: { bulk: { at: "127.0.0.1:%d" } }
                """.formatted(http, tcp, origin.port()), http, tcp);
    }

    private static void download(int port, long bytes) throws IOException {
        try (Socket socket = connected(port)) {
            send(socket, "GET /" + bytes + " HTTP/1.1\r\nHost: weir.example\r\n\r\n");
            assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 200");
            String expected = BulkOrigin.made(bytes, _ -> {
            });
            assertThat(BulkOrigin.taken(socket.getInputStream(), bytes)).isEqualTo(expected);
        }
    }

    private static void upload(int port, long bytes) throws IOException {
        try (Socket socket = connected(port)) {
            send(socket, "POST / HTTP/1.1\r\nHost: weir.example\r\nContent-Length: " + bytes + "\r\n\r\n");
            String expected = BulkOrigin.made(bytes, block -> socket.getOutputStream().write(block));
            assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 200");
            byte[] digest = socket.getInputStream().readNBytes(expected.length());
            assertThat(new String(digest, StandardCharsets.US_ASCII)).isEqualTo(expected);
        }
    }

    private static Socket connected(int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(Ports.loopback(port));
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int octet = in.read();
            if (octet < 0) {
                throw new IOException("no whole head: " + head);
            }
            head.append((char) octet);
        }
        return head.toString();
    }
}
