package io.weir.net.sniff;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.weir.core.socket.Tlv;
import io.weir.core.socket.TlvChoice;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Stats;
import io.weir.net.transport.OriginalDestination;
import io.weir.net.transport.Worker;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what a proxy before us tells of a connection's client: both its addresses are those that were told. */
public final class ProxyProtocol implements Inspector {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyProtocol.class);

    private final boolean withoutAllowed;
    private final Set<Integer> versionsRefused;
    private final List<Kept> kept;
    private final TlvChoice passed;
    private final Counter absentRefused;
    private final Counter absentAllowed;
    private final Numbers first;
    private final Numbers second;

    /**
     * A value that is kept.
     *
     * @param type
     *            of the value, up to 255
     */
    public record Kept(int type, String namespace, String key) {
    }

    private record Numbers(Counter found, Counter refused, Counter error) {
        static Numbers of(Stats stats, String prefix, int version) {
            var scope = (prefix.isEmpty()
                    ? stats.root().child("proxy_proto")
                    : stats.root().child("proxy_proto").tagged("envoy.proxy_protocol_prefix", prefix)).child("versions")
                    .tagged("envoy.proxy_protocol_version", "v" + version);
            return new Numbers(scope.counter("found"), scope.counter("disallowed"), scope.counter("error"));
        }
    }

    /**
     * @param statPrefix
     *            in {@code proxy_proto.<statPrefix>.}; may be empty
     * @param withoutAllowed
     *            whether connections may come without it
     * @param versionsRefused
     *            1, 2
     * @param passed
     *            which of the values that come with it hosts may be told
     */
    public ProxyProtocol(String statPrefix, boolean withoutAllowed, Set<Integer> versionsRefused, List<Kept> kept,
            TlvChoice passed, Stats stats) {
        this.withoutAllowed = withoutAllowed;
        this.versionsRefused = Set.copyOf(versionsRefused);
        this.kept = List.copyOf(kept);
        this.passed = passed;
        var scope = statPrefix.isEmpty()
                ? stats.root().child("proxy_proto")
                : stats.root().child("proxy_proto").tagged("envoy.proxy_protocol_prefix", statPrefix);
        this.absentRefused = scope.counter("not_found_disallowed");
        this.absentAllowed = scope.counter("not_found_allowed");
        this.first = Numbers.of(stats, statPrefix, 1);
        this.second = Numbers.of(stats, statPrefix, 2);
    }

    @Override
    public String name() {
        return "proxy_protocol";
    }

    @Override
    public Look begin(Worker worker, Channel channel, Greeting greeting) {
        return bytes -> switch (ProxyHeader.read(bytes)) {
            case ProxyHeader.More _ -> Look.Answer.MORE;
            case ProxyHeader.Absent _ -> {
                (withoutAllowed ? absentAllowed : absentRefused).increment();
                yield withoutAllowed ? Look.Answer.DONE : Look.Answer.REFUSED;
            }
            case ProxyHeader.Broken(int version, String why) -> {
                numbers(version).error.increment();
                LOG.debug("a PROXY protocol header of {} cannot be read: {}", channel.remoteAddress(), why);
                yield Look.Answer.REFUSED;
            }
            case ProxyHeader.Present(ProxyHeader header) -> present(header, bytes, channel, greeting);
        };
    }

    private Numbers numbers(int version) {
        return version == 1 ? first : second;
    }

    private Look.Answer present(ProxyHeader header, ByteBuf bytes, Channel channel, Greeting greeting) {
        if (versionsRefused.contains(header.version())) {
            // where connections may come without, these bytes are their own
            numbers(header.version()).refused.increment();
            return withoutAllowed ? Look.Answer.DONE : Look.Answer.REFUSED;
        }
        numbers(header.version()).found.increment();
        bytes.skipBytes(header.bytes());
        InetSocketAddress source = header.source();
        InetSocketAddress destination = header.destination();
        if (source != null && destination != null) {
            greeting.client(source);
            if (!destination.equals(OriginalDestination.localAddress(channel))) {
                // else it was going to Weir itself, and has no other destination
                OriginalDestination.told(channel, destination);
            }
        }
        for (Tlv value : header.values()) {
            if (passed.takes(value)) {
                greeting.passOn(value);
            }
            for (Kept each : kept) {
                if (each.type == value.type()) {
                    greeting.keep(each.namespace, each.key, value.text());
                }
            }
        }
        return Look.Answer.DONE;
    }
}
