package io.weir.stream.ask;

import io.netty.channel.Channel;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import io.weir.core.tls.SanMatch;
import io.weir.core.tls.TlsFacts;
import io.weir.core.tls.TlsFacts.CertificateFacts;
import io.weir.net.service.Question;
import io.weir.net.sniff.Greeting;
import io.weir.net.tls.TlsSession;
import io.weir.net.transport.OriginalDestination;
import io.weir.observe.log.ResponseFlag;
import io.weir.stream.client.DoorRecord;
import io.weir.stream.client.Wording;
import io.weir.xds.service.CheckMessages;
import io.weir.xds.service.CheckMessages.Peer;
import io.weir.xds.service.LimitMessages;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a filter asks of a connection, and what it makes of the answer. Any worker. */
final class Inquiry {
    private final AskSpec spec;
    private final List<Question.Field> metadata;

    /** What an answer comes to. */
    enum Verdict {
        /** It may be served. */
        SERVED,
        /** It may not. */
        REFUSED,
        /** The answer says nothing that can be understood. */
        UNREADABLE
    }

    Inquiry(AskSpec spec) {
        this.spec = spec;
        this.metadata = spec.service().metadata().stream()
                .map(field -> new Question.Field(field.name(), field.value())).toList();
    }

    AskSpec spec() {
        return spec;
    }

    /** Where its numbers stand. */
    Scope scope(Stats stats) {
        return switch (spec) {
            case AskSpec.Authorize authorize ->
                stats.root().child("ext_authz").tagged("envoy.ext_authz_prefix", authorize.statPrefix());
            case AskSpec.Limit limit ->
                stats.root().child("ratelimit").tagged("envoy.ratelimit_prefix", limit.statPrefix());
        };
    }

    /** By the name that Envoy counts refusals under. */
    String refused() {
        return switch (spec) {
            case AskSpec.Authorize _ -> "denied";
            case AskSpec.Limit _ -> "over_limit";
        };
    }

    /** Why a connection ends that is refused, in access logs. */
    String refusedDetails() {
        return switch (spec) {
            case AskSpec.Authorize _ -> "ext_authz_denied";
            case AskSpec.Limit _ -> "ratelimit_close_over_limit";
        };
    }

    /** How logs flag one that is not served, as Envoy does; null: by no flag. */
    @Nullable
    ResponseFlag flag() {
        return switch (spec) {
            case AskSpec.Authorize _ -> ResponseFlag.UAEX;
            case AskSpec.Limit _ -> null;
        };
    }

    /** Why a connection ends of which nothing is known. */
    String failedDetails() {
        return switch (spec) {
            case AskSpec.Authorize _ -> "ext_authz_error";
            case AskSpec.Limit _ -> "ratelimit_error";
        };
    }

    boolean concerns(Channel channel) {
        return switch (spec) {
            case AskSpec.Authorize authorize -> {
                var test = authorize.enabled();
                var greeting = Greeting.of(channel);
                yield test == null
                        || test.passes(greeting == null ? Map.of() : greeting.metadata(test.path().namespace()));
            }
            case AskSpec.Limit _ -> true;
        };
    }

    Question question(Channel channel, long epochMicros) {
        return switch (spec) {
            case AskSpec.Authorize authorize ->
                question(CheckMessages.PATH, check(authorize, channel, epochMicros));
            case AskSpec.Limit limit -> question(LimitMessages.PATH, limit(limit, channel, epochMicros));
        };
    }

    private Question question(String path, byte[] message) {
        var service = spec.service();
        return new Question(service.cluster(), path, service.authority(), metadata, message, service.timeoutNanos());
    }

    private static byte[] check(AskSpec.Authorize authorize, Channel channel, long epochMicros) {
        TlsFacts tls = TlsSession.of(channel);
        CertificateFacts client = tls == null ? null : tls.peer();
        CertificateFacts own = tls == null ? null : tls.local();
        boolean whole = client != null && authorize.tellsCertificate();
        return CheckMessages.request(
                new Peer(Greeting.remoteAddress(channel), principal(client),
                        whole && client != null ? client.pemForHeaders() : ""),
                new Peer(OriginalDestination.localAddress(channel), principal(own), ""),
                authorize.tellsServerName() ? serverName(channel) : "", epochMicros);
    }

    private static String serverName(Channel channel) {
        String name = new DoorRecord(channel, 0).requestedServerName();
        return name == null ? "" : name;
    }

    /** As in Envoy: a URI, else a DNS name, else the subject. */
    private static String principal(@Nullable CertificateFacts certificate) {
        return certificate == null
                ? ""
                : Stream.of(certificate.names(SanMatch.Type.URI), certificate.names(SanMatch.Type.DNS))
                        .flatMap(List::stream).findFirst().orElse(certificate.subject());
    }

    private static byte[] limit(AskSpec.Limit limit, Channel channel, long epochMicros) {
        var record = new DoorRecord(channel, epochMicros);
        var descriptors = new ArrayList<List<Map.Entry<String, String>>>();
        for (var descriptor : limit.descriptors()) {
            descriptors.add(descriptor.stream()
                    .map(entry -> Map.entry(entry.key(), Wording.of(entry.value(), record))).toList());
        }
        return LimitMessages.request(limit.domain(), descriptors);
    }

    /** What the service says, whose metadata stay with the connection. */
    Verdict verdict(Channel channel, byte[] answer) {
        return switch (spec) {
            case AskSpec.Authorize _ -> {
                var said = CheckMessages.verdict(answer);
                yield said == null
                        ? Verdict.UNREADABLE
                        : verdict(channel, "envoy.filters.network.ext_authz", said.metadata(), said.allowed());
            }
            case AskSpec.Limit _ -> {
                var said = LimitMessages.verdict(answer);
                yield said == null
                        ? Verdict.UNREADABLE
                        : verdict(channel, "envoy.filters.network.ratelimit", said.metadata(), !said.over());
            }
        };
    }

    private static Verdict verdict(Channel channel, String namespace, Map<String, Object> metadata, boolean served) {
        metadata.forEach((key, value) -> Greeting.keep(channel, namespace, key, value));
        return served ? Verdict.SERVED : Verdict.REFUSED;
    }
}
