package io.weir.http.upstream;

import io.weir.http.codec.HeadCopy;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.Tunnels;
import io.weir.http.codec.WebSocketKey;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a request by HTTP/1.1 asks for, where that decides how its answer is read. One for each connection. */
final class Asked {
    private boolean head;
    private boolean connect;
    private String upgrade = "";
    /** The key that we made; empty where the client has its own, or needs none. */
    private String key = "";

    /** Takes note of a request; answers with the head that goes to the host. */
    HttpHead note(HttpHead request, RandomGenerator random) {
        head = request.methodIs("HEAD");
        connect = request.methodIs("CONNECT");
        upgrade = request.upgrade() ? request.protocol() : "";
        key = "";
        return upgrade.isEmpty() ? request : upgrading(request, random);
    }

    /** The request as HTTP/1.1 has it; a client that speaks HTTP/2 brings no key (RFC 8441 section 5). */
    private HttpHead upgrading(HttpHead request, RandomGenerator random) {
        var copy = new HttpHead();
        HeadCopy.request(request, copy);
        Tunnels.toHttp1(copy);
        if (Tunnels.webSocket(request) && !request.has(HeaderName.SEC_WEBSOCKET_KEY)) {
            key = WebSocketKey.fresh(random);
            copy.add(HeaderName.SEC_WEBSOCKET_KEY, key);
        }
        return copy;
    }

    boolean head() {
        return head;
    }

    /** Whether the connection outlives either half. */
    boolean tunnel() {
        return connect || !upgrade.isEmpty();
    }

    boolean connect() {
        return connect;
    }

    /** What is wrong with an answer of 101; null where it switches to what was asked for. */
    @Nullable
    String wrong(HttpHead switching) {
        if (upgrade.isEmpty() || !Tunnels.switches(switching, upgrade)) {
            return "upgrade_not_requested";
        }
        boolean agreed = key.isEmpty()
                || WebSocketKey.accept(key).equals(switching.value(HeaderName.SEC_WEBSOCKET_ACCEPT));
        return agreed ? null : "websocket_accept_mismatch"; // RFC 6455 section 4.1
    }
}
