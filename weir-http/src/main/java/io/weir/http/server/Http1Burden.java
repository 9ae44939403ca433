package io.weir.http.server;

import io.weir.http.proxy.EarlyEnd;
import io.weir.http.upstream.Unwritten;

/** What a connection of HTTP/1 holds: of the request at hand, or of an answer whose client takes its time. */
record Http1Burden(Http1Connection connection) implements Burden {
    @Override
    public long heldBytes() {
        var exchange = connection.exchange;
        return connection.unread.size() + Unwritten.bytes(connection.channel)
                + (exchange == null ? 0 : exchange.heldBytes());
    }

    @Override
    public boolean drop() {
        var exchange = connection.exchange;
        if (exchange != null && exchange.active()) {
            exchange.giveUp(EarlyEnd.OVERLOADED);
        } else {
            connection.cut();
        }
        return true;
    }
}
