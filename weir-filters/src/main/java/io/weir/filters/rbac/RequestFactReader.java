package io.weir.filters.rbac;

import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.weir.core.access.Condition;
import io.weir.http.filter.FilterExchange;
import io.weir.http.route.tree.Input.Connection.End;
import io.weir.xds.access.Facts;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/** What rules can look at of a request. */
final class RequestFactReader implements Facts<FilterExchange> {
    @Override
    @SuppressWarnings("deprecation") // metadata without a source is what many files still use
    public @Nullable Condition<FilterExchange> permission(Permission message, ReadContext at) {
        return switch (message.getRuleCase()) {
            case HEADER -> FactReader.header(message.getHeader(), at.at("header"));
            case URL_PATH -> FactReader.path(message.getUrlPath(), at.at("url_path"));
            case DESTINATION_IP ->
                FactReader.network(message.getDestinationIp(), End.DESTINATION, at.at("destination_ip"));
            case DESTINATION_PORT -> FactReader.port(message.getDestinationPort(), message.getDestinationPort());
            case DESTINATION_PORT_RANGE -> FactReader.port(message.getDestinationPortRange().getStart(),
                    message.getDestinationPortRange().getEnd() - 1L);
            case METADATA -> FactReader.metadata(message.getMetadata(), at.at("metadata"));
            case SOURCED_METADATA -> FactReader.metadata(message.getSourcedMetadata(), at.at("sourced_metadata"));
            case REQUESTED_SERVER_NAME ->
                FactReader.serverName(message.getRequestedServerName(), at.at("requested_server_name"));
            case URI_TEMPLATE -> FactReader.template(message.getUriTemplate(), at.at("uri_template"));
            case MATCHER -> { // there is but one, on the host's address that a filter has resolved before
                at.problem("matcher", message.getMatcher().getName(), "Weir knows no such matcher of permissions",
                        "use destination_ip, url_path or uri_template, or a matcher tree in place of rules");
                yield null;
            }
            case AND_RULES, OR_RULES, NOT_RULE, ANY, RULE_NOT_SET -> null; // do not come here
        };
    }

    @Override
    @SuppressWarnings("deprecation") // source_ip and metadata are what many files still use
    public @Nullable Condition<FilterExchange> principal(Principal message, ReadContext at) {
        return switch (message.getIdentifierCase()) {
            case SOURCE_IP -> FactReader.network(message.getSourceIp(), End.CONNECTION_SOURCE, at.at("source_ip"));
            case DIRECT_REMOTE_IP ->
                FactReader.network(message.getDirectRemoteIp(), End.DIRECT_SOURCE, at.at("direct_remote_ip"));
            case REMOTE_IP -> FactReader.network(message.getRemoteIp(), End.SOURCE, at.at("remote_ip"));
            case HEADER -> FactReader.header(message.getHeader(), at.at("header"));
            case URL_PATH -> FactReader.path(message.getUrlPath(), at.at("url_path"));
            case METADATA -> FactReader.metadata(message.getMetadata(), at.at("metadata"));
            case SOURCED_METADATA -> FactReader.metadata(message.getSourcedMetadata(), at.at("sourced_metadata"));
            case AUTHENTICATED -> FactReader.authenticated(message.getAuthenticated(), at.at("authenticated"));
            case FILTER_STATE -> FactReader.state(message.getFilterState(), at.at("filter_state"));
            case CUSTOM -> {
                at.problem("custom", message.getCustom().getName(), "Weir knows no such principal",
                        "use authenticated, remote_ip, header, filter_state or sourced_metadata");
                yield null;
            }
            case AND_IDS, OR_IDS, NOT_ID, ANY, IDENTIFIER_NOT_SET -> null; // do not come here
        };
    }
}
