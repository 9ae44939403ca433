package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.demo.Demo;
import io.weir.testkit.Await;
import io.weir.testkit.PeerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A whole Weir in this process, on loopback, before two demo backends, by a file in a folder of its own. */
public final class ServedWeir implements AfterEachCallback {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final Path folder;
    private final Demo demo;
    private final List<PeerProcess> hosts = new ArrayList<>();
    private @Nullable Running served;

    public ServedWeir() {
        try {
            folder = Files.createTempDirectory("weir");
            demo = Demo.start(List.of(ANY, ANY));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Demo.AddressTaken e) {
            throw new IllegalStateException(e);
        }
    }

    /** It is before this host, which ends with it. */
    void before(PeerProcess host) {
        hosts.add(host);
    }

    Path folder() {
        return folder;
    }

    /** The port of backend 0, which says "Hello from one", or 1. */
    public int port(int backend) {
        return demo.backends().get(backend).address().getPort();
    }

    /** The same as an address of the short form. */
    String at(int backend) {
        return "\"127.0.0.1:" + port(backend) + "\"";
    }

    /** One service, demo, at one backend. */
    String services(int backend) {
        return "services:\n  demo: { at: [" + at(backend) + "] }\n";
    }

    /** Puts the file in its place, by renaming. */
    public Path write(String text) throws IOException {
        Path next = Files.writeString(folder.resolve("next.yaml"), text);
        return Files.move(next, folder.resolve("weir.yaml"), StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    public void start(String text) throws IOException {
        start(text, 1);
    }

    public void start(String text, int drainSeconds) throws IOException {
        Running.Start start = Running.start(Source.file(write(text)), RunOptions.of(2, drainSeconds, true));
        if (start instanceof Running.Start.Serving(Running serving)) {
            served = serving;
        }
        assertThat(start).isInstanceOf(Running.Start.Serving.class);
    }

    /** Changes the file, and returns when that has been looked at. */
    public void reload(String text) throws IOException {
        write(text);
        running().reload();
        running().conductor().call(() -> 0);
    }

    Running running() {
        return Objects.requireNonNull(served, "nothing was started");
    }

    public InetSocketAddress listener(int index) {
        return (InetSocketAddress) running().addresses().get(index);
    }

    public InetSocketAddress admin() {
        return (InetSocketAddress) Objects.requireNonNull(running().adminAddress(), "an admin");
    }

    /** A connection to the first listener. */
    public Socket connect() throws IOException {
        return connect(listener(0));
    }

    private static Socket connect(InetSocketAddress to) throws IOException {
        Socket socket = new Socket(to.getAddress(), to.getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    /** The whole answer of the first listener for a path. */
    public String ask(String path) throws IOException {
        return ask(listener(0), "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }

    /** What the first listener says to who says this, until it closes. */
    public String said(String words) throws IOException {
        return ask(listener(0), words);
    }

    /** The numbers whose names have a match of this, a line each. */
    public String stats(String filter) throws IOException {
        String answer = ask(admin(), "GET /stats?filter=" + filter
                + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    /** Everything that comes back until the connection is closed. */
    public static String ask(InetSocketAddress to, String request) throws IOException {
        try (Socket socket = connect(to); InputStream in = socket.getInputStream()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    /** Ends it once its connections have ended, which would be cut with it; the lines of a log then. */
    public List<String> logged(Path log) throws IOException, InterruptedException {
        Await.until("all connections end", () -> running().listeners().connections() == 0);
        running().close();
        return Files.readAllLines(log);
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        if (served != null) {
            served.close();
        }
        hosts.forEach(PeerProcess::close);
        demo.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
