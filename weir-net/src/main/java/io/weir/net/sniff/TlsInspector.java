package io.weir.net.sniff;

import io.netty.channel.Channel;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Histogram;
import io.weir.core.stats.Stats;
import io.weir.net.hello.ClientHello;
import io.weir.net.hello.Fingerprints;
import io.weir.net.transport.Worker;
import java.util.Objects;

/** Finds out whether a client speaks TLS, and which name and protocols it asks for. */
public final class TlsInspector implements Inspector {
    private final boolean closesBroken;
    private final boolean ja3;
    private final boolean ja4;
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
     * @param ja3
     *            whether the fingerprint JA3 is worked out
     * @param ja4
     *            whether JA4 is
     */
    public TlsInspector(boolean closesBroken, boolean ja3, boolean ja4, Stats stats) {
        this.closesBroken = closesBroken;
        this.ja3 = ja3;
        this.ja4 = ja4;
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
        var reader = new HelloReader();
        return come -> switch (reader.read(come)) {
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
                found(reader, greeting);
                yield Look.Answer.DONE;
            }
        };
    }

    private void found(HelloReader reader, Greeting greeting) {
        ClientHello hello = Objects.requireNonNull(reader.hello());
        tlsFound.increment();
        (hello.serverName().isEmpty() ? sniNotFound : sniFound).increment();
        (hello.protocols().isEmpty() ? alpnNotFound : alpnFound).increment();
        bytes.record(reader.bytes());
        greeting.tls(hello.serverName(), hello.protocols());
        if (ja3 || ja4) {
            greeting.fingerprints(ja3 ? Fingerprints.ja3(hello) : null, ja4 ? Fingerprints.ja4(hello) : null);
        }
    }
}
