package io.weir.filters.rbac;

import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.weir.core.access.Condition;
import io.weir.http.filter.FilterExchange;
import io.weir.http.route.tree.Input.Connection.End;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads whom a policy is about. */
final class PrincipalReader {
    private PrincipalReader() {}

    /** One of these; null after a problem. */
    static @Nullable Condition<FilterExchange> some(String list, List<Principal> messages, ReadContext context) {
        var all = all(list, messages, context);
        return all == null ? null : new Condition.Some<>(all);
    }

    private static @Nullable List<Condition<FilterExchange>> all(String list, List<Principal> messages,
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

    @SuppressWarnings("deprecation") // source_ip and metadata are what many files still use
    private static @Nullable Condition<FilterExchange> read(Principal message, ReadContext at) {
        return switch (message.getIdentifierCase()) {
            case AND_IDS -> {
                var all = all("ids", message.getAndIds().getIdsList(), at.at("and_ids"));
                yield all == null ? null : new Condition.All<>(all);
            }
            case OR_IDS -> some("ids", message.getOrIds().getIdsList(), at.at("or_ids"));
            case NOT_ID -> {
                var condition = read(message.getNotId(), at.at("not_id"));
                yield condition == null ? null : new Condition.Not<>(condition);
            }
            case ANY -> new Condition.Always<>();
            case SOURCE_IP -> FactReader.network(message.getSourceIp(), End.CONNECTION_SOURCE, at.at("source_ip"));
            case DIRECT_REMOTE_IP ->
                FactReader.network(message.getDirectRemoteIp(), End.DIRECT_SOURCE, at.at("direct_remote_ip"));
            case REMOTE_IP -> FactReader.network(message.getRemoteIp(), End.SOURCE, at.at("remote_ip"));
            case HEADER -> FactReader.header(message.getHeader(), at.at("header"));
            case URL_PATH -> FactReader.path(message.getUrlPath(), at.at("url_path"));
            case METADATA -> FactReader.metadata(message.getMetadata(), at.at("metadata"));
            case SOURCED_METADATA -> FactReader.metadata(message.getSourcedMetadata(), at.at("sourced_metadata"));
            case AUTHENTICATED, FILTER_STATE, CUSTOM -> {
                at.problem(message.getIdentifierCase().name().toLowerCase(Locale.ROOT), "",
                        "rules do not look at this yet",
                        "use remote_ip, direct_remote_ip, header, url_path or sourced_metadata");
                yield null;
            }
            case IDENTIFIER_NOT_SET -> null; // the API's rules tell
        };
    }
}
