package io.weir.net.sniff;

import io.netty.channel.Channel;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Histogram;
import io.weir.core.stats.Stats;
import io.weir.net.transport.Worker;

/** Finds out whether a client speaks TLS, and which name and protocols it asks for. */
public final class TlsInspector implements Inspector {
    private final boolean closesBroken;
    private final Counter tooLarge;
    private final Counter tlsFound;
    private final Counter tlsNotFound;
    private final Counter alpnFound;
    private final Counter alpnNotFound;
    private final Counter sniFound;
    private final Counter sniNotFound;
    private final Histogram bytes;

    /**
     * @param closesBroken
     *            whether a connection that begins as TLS and goes on as something else is closed
     */
    public TlsInspector(boolean closesBroken, Stats stats) {
        this.closesBroken = closesBroken;
        var scope = stats.root().child("tls_inspector");
        tooLarge = scope.counter("client_hello_too_large");
        tlsFound = scope.counter("tls_found");
        tlsNotFound = scope.counter("tls_not_found");
        alpnFound = scope.counter("alpn_found");
        alpnNotFound = scope.counter("alpn_not_found");
        sniFound = scope.counter("sni_found");
        sniNotFound = scope.counter("sni_not_found");
        bytes = scope.histogram("bytes_processed");
    }

    @Override
    public String name() {
        return "tls_inspector";
    }

    @Override
    public Look begin(Worker worker, Channel channel, Greeting greeting) {
        var hello = new ClientHello();
        return come -> switch (hello.read(come)) {
            case MORE -> Look.Answer.MORE;
            case OTHER -> {
                tlsNotFound.increment();
                yield Look.Answer.DONE;
            }
            case BROKEN -> {
                tlsNotFound.increment();
                yield closesBroken ? Look.Answer.REFUSED : Look.Answer.DONE;
            }
            case TOO_LARGE -> {
                tooLarge.increment();
                yield Look.Answer.REFUSED;
            }
            case READ -> {
                found(hello, greeting);
                yield Look.Answer.DONE;
            }
        };
    }

    private void found(ClientHello hello, Greeting greeting) {
        tlsFound.increment();
        (hello.serverName().isEmpty() ? sniNotFound : sniFound).increment();
        (hello.protocols().isEmpty() ? alpnNotFound : alpnFound).increment();
        bytes.record(hello.bytes());
        greeting.tls(hello.serverName(), hello.protocols());
    }
}
