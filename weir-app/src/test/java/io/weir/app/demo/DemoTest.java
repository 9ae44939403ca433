package io.weir.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @Test
    void eachBackendAnswersItsName() throws Exception {
        try (Demo demo = Demo.start(List.of(ANY, ANY, ANY))) {
            assertThat(demo.backends().stream().map(DemoBackend::name)).containsExactly("one", "two", "three");
            for (DemoBackend backend : demo.backends()) {
                assertThat(ask(backend, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                        .startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nHello from " + backend.name() + "\n");
            }
        }
    }

    @Test
    void theLastOfSeveralBreaksOffEveryFourthRequest() throws Exception {
        try (Demo demo = Demo.start(List.of(ANY, ANY))) {
            List<Boolean> answered = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answered.add(!ask(demo.backends().getLast(), "GET / HTTP/1.0\r\n\r\n").isEmpty());
            }
            assertThat(answered).containsExactly(true, true, true, false, true, true, true, false);
        }
    }

    @Test
    void aConnectionServesManyRequestsWithAndWithoutBodies() throws Exception {
        try (Demo demo = Demo.start(List.of(ANY))) {
            String answers = ask(demo.backends().getFirst(), """
                    POST / HTTP/1.1\r
                    Host: a\r
                    Content-Length: 3\r
                    \r
                    abcPOST / HTTP/1.1\r
                    Host: a\r
                    Transfer-Encoding: chunked\r
                    \r
                    2;x=y\r
                    ab\r
                    0\r
                    T: v\r
                    \r
                    HEAD / HTTP/1.1\r
                    Host: a\r
                    Connection: close\r
                    \r
                    """);
            assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(4);
            assertThat(answers.split("Hello from one\n", -1)).hasSize(3);
        }
    }

    @Test
    void aTakenAddressIsToldByItsIndexAndNothingStays() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress same = (InetSocketAddress) taken.getLocalSocketAddress();
            assertThatThrownBy(() -> Demo.start(List.of(ANY, same))).isInstanceOfSatisfying(Demo.AddressTaken.class,
                    e -> assertThat(e.index()).isEqualTo(1));
        }
    }

    private static String ask(DemoBackend backend, String request) throws Exception {
        try (Socket socket = new Socket(backend.address().getAddress(), backend.address().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            try (InputStream in = socket.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            }
        }
    }
}
