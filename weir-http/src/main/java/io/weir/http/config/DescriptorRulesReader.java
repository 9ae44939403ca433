package io.weir.http.config;

import io.envoyproxy.envoy.config.route.v3.RateLimit;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action;
import io.envoyproxy.envoy.type.metadata.v3.MetadataKey;
import io.weir.core.value.MetadataPath;
import io.weir.core.value.MetadataSource;
import io.weir.http.ratelimit.DescriptorAction;
import io.weir.http.ratelimit.DescriptorRule;
import io.weir.http.route.match.HeadField;
import io.weir.http.route.HeaderEdits;
import io.weir.xds.compile.ReadContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads {@code rate_limits}: how descriptors are made. */
final class DescriptorRulesReader {
    private static final int V4_BITS = 32;
    private static final int V6_BITS = 128;

    private DescriptorRulesReader() {}

    /** The rules of a list; those with problems, and those that are switched off, are left out. */
    static List<DescriptorRule> rules(List<RateLimit> messages, ReadContext context) {
        var rules = new ArrayList<DescriptorRule>();
        for (int i = 0; i < messages.size(); i++) {
            var message = messages.get(i);
            var at = context.at("rate_limits", i);
            var actions = new ArrayList<DescriptorAction>();
            for (int j = 0; j < message.getActionsCount(); j++) {
                var action = action(message.getActions(j), at.at("actions", j));
                if (action != null) {
                    actions.add(action);
                }
            }
            if (message.getDisableKey().isEmpty() && actions.size() == message.getActionsCount()) {
                rules.add(new DescriptorRule(message.getStage().getValue(), actions));
            }
        }
        return rules;
    }

    private static @Nullable DescriptorAction action(Action message, ReadContext context) {
        return switch (message.getActionSpecifierCase()) {
            case GENERIC_KEY -> {
                var key = message.getGenericKey();
                yield new DescriptorAction.GenericKey(or(key.getDescriptorKey(), "generic_key"),
                        bytes(key.getDescriptorValue()));
            }
            case REQUEST_HEADERS -> {
                var header = message.getRequestHeaders();
                if (!HeaderEdits.isName(header.getHeaderName(), true)) {
                    context.problem("request_headers.header_name", header.getHeaderName(), "not a header name",
                            "use letters, digits and hyphens, or :method, :path, :authority, :scheme");
                    yield null;
                }
                yield new DescriptorAction.RequestHeader(HeadField.of(header.getHeaderName()),
                        header.getDescriptorKey(), header.getSkipIfAbsent());
            }
            case QUERY_PARAMETERS -> {
                var query = message.getQueryParameters();
                yield new DescriptorAction.QueryParameter(bytes(query.getQueryParameterName()),
                        query.getDescriptorKey(), query.getSkipIfAbsent());
            }
            case REMOTE_ADDRESS -> new DescriptorAction.RemoteAddress();
            case MASKED_REMOTE_ADDRESS -> {
                var masked = message.getMaskedRemoteAddress();
                yield new DescriptorAction.MaskedRemoteAddress(
                        masked.hasV4PrefixMaskLen() ? masked.getV4PrefixMaskLen().getValue() : V4_BITS,
                        masked.hasV6PrefixMaskLen() ? masked.getV6PrefixMaskLen().getValue() : V6_BITS);
            }
            case HEADER_VALUE_MATCH -> {
                var match = message.getHeaderValueMatch();
                var tests = MatchReader.headers("header_value_match.headers", match.getHeadersList(), context);
                boolean expected = !match.hasExpectMatch() || match.getExpectMatch().getValue();
                yield new DescriptorAction.HeaderValueMatch(or(match.getDescriptorKey(), "header_match"),
                        bytes(match.getDescriptorValue()), expected, tests);
            }
            case QUERY_PARAMETER_VALUE_MATCH -> {
                var match = message.getQueryParameterValueMatch();
                var tests = MatchReader.queries("query_parameter_value_match.query_parameters",
                        match.getQueryParametersList(), context);
                boolean expected = !match.hasExpectMatch() || match.getExpectMatch().getValue();
                yield new DescriptorAction.QueryValueMatch(or(match.getDescriptorKey(), "query_match"),
                        bytes(match.getDescriptorValue()), expected, tests);
            }
            case DESTINATION_CLUSTER -> new DescriptorAction.DestinationCluster();
            case METADATA -> {
                var metadata = message.getMetadata();
                var source = metadata.getSource() == RateLimit.Action.MetaData.Source.ROUTE_ENTRY
                        ? MetadataSource.ROUTE
                        : MetadataSource.DYNAMIC;
                yield metadata(source, metadata.getDescriptorKey(), metadata.getMetadataKey(),
                        metadata.getDefaultValue(), metadata.getSkipIfAbsent());
            }
            case DYNAMIC_METADATA -> dynamic(message);
            case SOURCE_CLUSTER, EXTENSION -> {
                context.problem("", message.getActionSpecifierCase().name().toLowerCase(Locale.ROOT),
                        "Weir makes no descriptors of this yet",
                        "use generic_key, request_headers, remote_address or another of docs/configuration.md");
                yield null;
            }
            case ACTIONSPECIFIER_NOT_SET -> null; // the API's rules tell
        };
    }

    @SuppressWarnings("deprecation") // the older form of metadata
    private static DescriptorAction dynamic(Action message) {
        var metadata = message.getDynamicMetadata();
        return metadata(MetadataSource.DYNAMIC, metadata.getDescriptorKey(), metadata.getMetadataKey(),
                metadata.getDefaultValue(), false);
    }

    private static DescriptorAction metadata(MetadataSource source, String key, MetadataKey place, String otherwise,
            boolean skipIfAbsent) {
        var keys = place.getPathList().stream().map(MetadataKey.PathSegment::getKey).toList();
        return new DescriptorAction.Metadata(source, key, new MetadataPath(place.getKey(), keys), bytes(otherwise),
                skipIfAbsent);
    }

    private static String or(String key, String otherwise) {
        return key.isEmpty() ? otherwise : key;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
