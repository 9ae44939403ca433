package io.weir.app.peers;

import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Connections that live through everything, and say nothing between two looks whether they are all right. */
final class LongConnections implements AutoCloseable {
    private static final String UPGRADE = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    private final List<RawHttp> open = new ArrayList<>();
    private int words;

    /** Plain connections to an {@link EchoBackend} behind this port. */
    LongConnections plain(int count, int port) throws IOException {
        for (int i = 0; i < count; i++) {
            open.add(RawHttp.connect(port));
        }
        return this;
    }

    /** WebSockets to it. */
    LongConnections webSockets(int count, int port) throws IOException {
        for (int i = 0; i < count; i++) {
            RawHttp client = RawHttp.connect(port);
            open.add(client);
            String head = new String(client.send(UPGRADE).read(12), StandardCharsets.US_ASCII);
            if (!head.equals("HTTP/1.1 101")) {
                throw new IOException("no WebSocket: " + head);
            }
            for (int ends = 0; ends < 4;) {
                int next = client.read(1)[0];
                ends = next == "\r\n\r\n".charAt(ends) ? ends + 1 : next == '\r' ? 1 : 0;
            }
        }
        return this;
    }

    int count() {
        return open.size();
    }

    /** Every one of them says something and hears it; what went wrong, empty when nothing did. */
    List<String> broken() {
        List<String> broken = new ArrayList<>();
        String word = "echo " + words++ + "\n";
        for (int i = 0; i < open.size(); i++) {
            try {
                String heard = new String(open.get(i).send(word).read(word.length()), StandardCharsets.US_ASCII);
                if (!heard.equals(word)) {
                    broken.add(i + ": " + heard);
                }
            } catch (IOException e) {
                broken.add(i + ": " + e);
            }
        }
        return broken;
    }

    @Override
    public void close() throws IOException {
        for (RawHttp client : open) {
            client.close();
        }
    }
}
