package io.weir.filters.rbac;

import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.weir.core.access.Condition;
import io.weir.http.filter.FilterExchange;
import io.weir.http.route.tree.Input.Connection.End;
import io.weir.xds.compile.ReadContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a policy is about. */
final class PermissionReader {
    private PermissionReader() {}

    /** One of these; null after a problem. */
    static @Nullable Condition<FilterExchange> some(String list, List<Permission> messages, ReadContext context) {
        return SetReader.some(list, messages, PermissionReader::read, context);
    }

    @SuppressWarnings("deprecation") // metadata without a source is what many files still use
    private static @Nullable Condition<FilterExchange> read(Permission message, ReadContext at) {
        return switch (message.getRuleCase()) {
            case AND_RULES ->
                SetReader.all("rules", message.getAndRules().getRulesList(), PermissionReader::read,
                        at.at("and_rules"));
            case OR_RULES -> some("rules", message.getOrRules().getRulesList(), at.at("or_rules"));
            case NOT_RULE -> SetReader.not(message.getNotRule(), PermissionReader::read, at.at("not_rule"));
            case ANY -> new Condition.Always<>();
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
            case RULE_NOT_SET -> null; // the API's rules tell
        };
    }
}
