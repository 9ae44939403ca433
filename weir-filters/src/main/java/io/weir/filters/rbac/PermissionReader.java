package io.weir.filters.rbac;

import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.weir.core.access.Condition;
import io.weir.http.filter.FilterExchange;
import io.weir.http.route.tree.Input.Connection.End;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a policy is about. */
final class PermissionReader {
    private PermissionReader() {}

    /** One of these; null after a problem. */
    static @Nullable Condition<FilterExchange> some(String list, List<Permission> messages, ReadContext context) {
        var all = all(list, messages, context);
        return all == null ? null : new Condition.Some<>(all);
    }

    private static @Nullable List<Condition<FilterExchange>> all(String list, List<Permission> messages,
            ReadContext context) {
        var conditions = new ArrayList<Condition<FilterExchange>>();
        for (int i = 0; i < messages.size(); i++) {
            var condition = read(messages.get(i), context.at(list, i));
            if (condition != null) {
                conditions.add(condition);
            }
        }
        return conditions.size() == messages.size() ? conditions : null;
    }

    @SuppressWarnings("deprecation") // metadata without a source is what many files still use
    private static @Nullable Condition<FilterExchange> read(Permission message, ReadContext at) {
        return switch (message.getRuleCase()) {
            case AND_RULES -> {
                var all = all("rules", message.getAndRules().getRulesList(), at.at("and_rules"));
                yield all == null ? null : new Condition.All<>(all);
            }
            case OR_RULES -> some("rules", message.getOrRules().getRulesList(), at.at("or_rules"));
            case NOT_RULE -> {
                var condition = read(message.getNotRule(), at.at("not_rule"));
                yield condition == null ? null : new Condition.Not<>(condition);
            }
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
            case MATCHER, URI_TEMPLATE -> {
                at.problem(message.hasMatcher() ? "matcher" : "uri_template", "",
                        "rules do not look at this yet", "use url_path, with a safe_regex where need be");
                yield null;
            }
            case RULE_NOT_SET -> null; // the API's rules tell
        };
    }
}
