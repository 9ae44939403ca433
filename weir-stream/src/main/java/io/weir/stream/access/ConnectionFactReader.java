package io.weir.stream.access;

import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.rbac.v3.MetadataSource;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.Principal.Authenticated;
import io.envoyproxy.envoy.config.rbac.v3.SourcedMetadata;
import io.envoyproxy.envoy.type.matcher.v3.FilterStateMatcher;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.netty.channel.Channel;
import io.weir.core.access.Condition;
import io.weir.core.chain.Prefix;
import io.weir.net.sniff.Greeting;
import io.weir.net.tls.TlsSession;
import io.weir.net.transport.OriginalDestination;
import io.weir.xds.access.Facts;
import io.weir.xds.compile.ReadContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What rules can look at of a connection. Used by one reader. */
final class ConnectionFactReader implements Facts<Channel> {
    private boolean askedForServerName;

    /** Whether any of those read looks at the name that a client's TLS asks for. */
    boolean askedForServerName() {
        return askedForServerName;
    }

    @Override
    @SuppressWarnings("deprecation") // metadata without a source is what many files still use
    public @Nullable Condition<Channel> permission(Permission message, ReadContext at) {
        return switch (message.getRuleCase()) {
            case DESTINATION_IP ->
                network(message.getDestinationIp(), OriginalDestination::localAddress, at.at("destination_ip"));
            case DESTINATION_PORT -> port(message.getDestinationPort(), message.getDestinationPort());
            case DESTINATION_PORT_RANGE -> port(message.getDestinationPortRange().getStart(),
                    message.getDestinationPortRange().getEnd() - 1L);
            case METADATA -> metadata(message.getMetadata(), at.at("metadata"));
            case SOURCED_METADATA -> metadata(message.getSourcedMetadata(), at.at("sourced_metadata"));
            case REQUESTED_SERVER_NAME ->
                serverName(message.getRequestedServerName(), at.at("requested_server_name"));
            case HEADER -> ofRequests("header", message.getHeader(), at);
            case URL_PATH -> ofRequests("url_path", message.getUrlPath(), at);
            case URI_TEMPLATE -> ofRequests("uri_template", message.getUriTemplate(), at);
            case MATCHER -> {
                at.problem("matcher", message.getMatcher().getName(), "Weir knows no such matcher of permissions",
                        "use destination_ip, destination_port or requested_server_name");
                yield null;
            }
            case AND_RULES, OR_RULES, NOT_RULE, ANY, RULE_NOT_SET -> null; // do not come here
        };
    }

    @Override
    @SuppressWarnings("deprecation") // source_ip and metadata are what many files still use
    public @Nullable Condition<Channel> principal(Principal message, ReadContext at) {
        return switch (message.getIdentifierCase()) {
            case SOURCE_IP -> network(message.getSourceIp(), Greeting::remoteAddress, at.at("source_ip"));
            case REMOTE_IP -> network(message.getRemoteIp(), Greeting::remoteAddress, at.at("remote_ip"));
            case DIRECT_REMOTE_IP ->
                network(message.getDirectRemoteIp(), Channel::remoteAddress, at.at("direct_remote_ip"));
            case METADATA -> metadata(message.getMetadata(), at.at("metadata"));
            case SOURCED_METADATA -> metadata(message.getSourcedMetadata(), at.at("sourced_metadata"));
            case AUTHENTICATED -> authenticated(message.getAuthenticated(), at.at("authenticated"));
            case HEADER -> ofRequests("header", message.getHeader(), at);
            case URL_PATH -> ofRequests("url_path", message.getUrlPath(), at);
            case FILTER_STATE -> state(message.getFilterState(), at.at("filter_state"));
            case CUSTOM -> {
                at.problem("custom", message.getCustom().getName(), "Weir knows no such principal",
                        "use authenticated, remote_ip or sourced_metadata");
                yield null;
            }
            case AND_IDS, OR_IDS, NOT_ID, ANY, IDENTIFIER_NOT_SET -> null; // do not come here
        };
    }

    private static @Nullable Condition<Channel> ofRequests(String field, Message message, ReadContext at) {
        at.problem(field, message.toString().strip(), "a connection has no requests to look at",
                "use envoy.filters.http.rbac for this rule, in the http_filters of a connection manager");
        return null;
    }

    private static @Nullable Condition<Channel> network(CidrRange message,
            Function<Channel, @Nullable SocketAddress> end, ReadContext at) {
        int bits = message.getPrefixLen().getValue();
        InetAddress address;
        try {
            address = InetAddress.ofLiteral(message.getAddressPrefix());
        } catch (IllegalArgumentException e) {
            address = null;
        }
        if (address == null || bits < 0 || bits > Byte.SIZE * address.getAddress().length) {
            at.problem("", message.getAddressPrefix() + "/" + bits, "this is no network",
                    "write an IP address and at most as many bits as it has: address_prefix 10.0.0.0, prefix_len 8");
            return null;
        }
        var network = Prefix.of(address, bits);
        return new Condition.Fact<>(channel -> end.apply(channel) instanceof InetSocketAddress inet
                && network.contains(inet.getAddress()));
    }

    /** The port that the client connected to, {@code first} to {@code last}. */
    private static Condition<Channel> port(long first, long last) {
        return new Condition.Fact<>(channel -> OriginalDestination.localAddress(channel) instanceof InetSocketAddress to
                && to.getPort() >= first && to.getPort() <= last);
    }

    private @Nullable Condition<Channel> serverName(StringMatcher message, ReadContext at) {
        askedForServerName = true;
        var test = at.textTest("", message);
        return test == null ? null : new Condition.Fact<>(channel -> test.test(serverName(channel)));
    }

    /** Empty: none was asked for. */
    private static String serverName(Channel channel) {
        var tls = TlsSession.of(channel);
        var greeting = Greeting.of(channel);
        String name = tls != null ? tls.serverName() : greeting == null ? null : greeting.serverName();
        return name == null ? "" : name;
    }

    private static @Nullable Condition<Channel> metadata(MetadataMatcher message, ReadContext at) {
        var test = at.metadataTest("", message);
        return test == null ? null : new Condition.Fact<>(channel -> {
            var greeting = Greeting.of(channel);
            return test.passes(greeting == null ? Map.of() : greeting.metadata(test.path().namespace()));
        });
    }

    /** Of what filters that stand further in front have left. */
    private static @Nullable Condition<Channel> state(FilterStateMatcher message, ReadContext at) {
        if (message.hasAddressMatch()) {
            at.problem("address_match", message.getKey(), "addresses that filters leave are read as texts here",
                    "use string_match, or source_ip for the client's address");
            return null;
        }
        var test = at.textTest("string_match", message.getStringMatch());
        return test == null ? null : new Condition.Fact<>(channel -> {
            var left = Greeting.left(channel);
            var value = left == null ? null : left.get(message.getKey());
            return value != null && test.test(value.text());
        });
    }

    private static @Nullable Condition<Channel> metadata(SourcedMetadata message, ReadContext at) {
        if (message.getMetadataSource() == MetadataSource.ROUTE) {
            at.problem("metadata_source", "ROUTE", "a connection has no route", "use DYNAMIC");
            return null;
        }
        return metadata(message.getMetadataMatcher(), at.at("metadata_matcher"));
    }

    private static @Nullable Condition<Channel> authenticated(Authenticated message, ReadContext at) {
        Predicate<String> test = message.hasPrincipalName()
                ? at.textTest("principal_name", message.getPrincipalName())
                : _ -> true;
        return test == null ? null : new Condition.Fact<>(channel -> {
            var tls = TlsSession.of(channel);
            return tls != null && tls.certified(test);
        });
    }
}
