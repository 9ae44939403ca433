package io.weir.http.proxy;

import io.netty.buffer.ByteBuf;
import io.weir.core.tls.TlsFacts;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.Flow;
import io.weir.http.filter.way.Sink;
import io.weir.http.upstream.ClientPools;
import io.weir.net.sniff.Greeting;
import io.weir.net.transport.Worker;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** What stands at the ends of the filters' chain: who sends, who takes. */
final class ChainEnds {
    private ChainEnds() {}

    /**
     * The client's side as attempts see it: whether they want the body is for the filters to hear first, which may hold
     * it up. Belongs to one worker.
     */
    record GatedClient(Downstream client, FilterPass filters) implements Downstream {
        @Override
        public void readable(boolean wanted) {
            filters.hostTakes(wanted);
        }

        @Override
        public Worker worker() {
            return client.worker();
        }

        @Override
        public void interim(HttpHead head) {
            client.interim(head);
        }

        @Override
        public void head(HttpHead head, boolean last) {
            client.head(head, last);
        }

        @Override
        public void data(ByteBuf data, boolean last) {
            client.data(data, last);
        }

        @Override
        public void trailers(HttpHead trailers) {
            client.trailers(trailers);
        }

        @Override
        public void flush() {
            client.flush();
        }

        @Override
        public boolean writable() {
            return client.writable();
        }

        @Override
        public void cut() {
            client.cut();
        }

        @Override
        public void ended() {
            client.ended();
        }

        @Override
        public @Nullable TlsFacts tls() {
            return client.tls();
        }

        @Override
        public SocketAddress remoteAddress() {
            return client.remoteAddress();
        }

        @Override
        public SocketAddress directRemoteAddress() {
            return client.directRemoteAddress();
        }

        @Override
        public @Nullable Greeting greeting() {
            return client.greeting();
        }

        @Override
        public ClientPools pools() {
            return client.pools();
        }

        @Override
        public SocketAddress localAddress() {
            return client.localAddress();
        }

        @Override
        public long connectionId() {
            return client.connectionId();
        }

        @Override
        public String protocol() {
            return client.protocol();
        }
    }

    /**
     * A request between its client and its exchange, when it has filters that hold things up. Belongs to one worker.
     */
    record ToHost(Exchange exchange, Downstream downstream) implements Sink {
        @Override
        public void head(HttpHead head, boolean last) {
            exchange.requestPassed(head, last);
        }

        @Override
        public void data(ByteBuf data, boolean last) {
            exchange.requestDataPassed(data, last);
        }

        @Override
        public void trailers(HttpHead trailers) {
            exchange.requestTrailersPassed(trailers);
        }

        @Override
        public void answer(Flow.Reply reply) {
            exchange.answer(reply);
        }

        @Override
        public void lengthBroken() {
            exchange.giveUp(EarlyEnd.failed("filter_broke_request_length"));
        }

        @Override
        public boolean writable() {
            return true; // until the attempts say otherwise
        }

        @Override
        public void source(boolean wanted) {
            downstream.readable(wanted);
        }

        /** The client's side keeps it until the exchange ends. */
        @Override
        public HttpHead keep(HttpHead head) {
            return head;
        }

        @Override
        public HttpHead room() {
            return Heads.of(downstream.worker()).take();
        }

        @Override
        public void giveBack(HttpHead head) {
            Heads.of(downstream.worker()).giveBack(head);
        }
    }

    /** A response between its host and its client, when it has filters that hold things up. Belongs to one worker. */
    record ToClient(Exchange exchange, Downstream downstream) implements Sink {
        @Override
        public void head(HttpHead head, boolean last) {
            exchange.responseHeadPassed(head, last);
        }

        @Override
        public void data(ByteBuf data, boolean last) {
            exchange.responseDataPassed(data, last);
        }

        @Override
        public void trailers(HttpHead trailers) {
            exchange.responseTrailersPassed(trailers);
        }

        @Override
        public void answer(Flow.Reply reply) {
            exchange.answer(reply);
        }

        @Override
        public void lengthBroken() {
            exchange.giveUp(EarlyEnd.failed("filter_broke_response_length"));
        }

        @Override
        public boolean writable() {
            return downstream.writable();
        }

        @Override
        public void source(boolean wanted) {
            exchange.attempts().readable(wanted);
        }

        /** A host's side keeps it no longer than its response takes. */
        @Override
        public HttpHead keep(HttpHead head) {
            return exchange.response().keep(head);
        }

        @Override
        public HttpHead room() {
            return Heads.of(downstream.worker()).take();
        }

        @Override
        public void giveBack(HttpHead head) {
            Heads.of(downstream.worker()).giveBack(head);
        }
    }
}
