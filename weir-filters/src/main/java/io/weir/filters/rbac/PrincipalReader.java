package io.weir.filters.rbac;

import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.weir.core.access.Condition;
import io.weir.http.filter.FilterExchange;
import io.weir.http.route.tree.Input.Connection.End;
import io.weir.xds.compile.ReadContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads whom a policy is about. */
final class PrincipalReader {
    private PrincipalReader() {}

    /** One of these; null after a problem. */
    static @Nullable Condition<FilterExchange> some(String list, List<Principal> messages, ReadContext context) {
        return SetReader.some(list, messages, PrincipalReader::read, context);
    }

    @SuppressWarnings("deprecation") // source_ip and metadata are what many files still use
    private static @Nullable Condition<FilterExchange> read(Principal message, ReadContext at) {
        return switch (message.getIdentifierCase()) {
            case AND_IDS ->
                SetReader.all("ids", message.getAndIds().getIdsList(), PrincipalReader::read, at.at("and_ids"));
            case OR_IDS -> some("ids", message.getOrIds().getIdsList(), at.at("or_ids"));
            case NOT_ID -> SetReader.not(message.getNotId(), PrincipalReader::read, at.at("not_id"));
            case ANY -> new Condition.Always<>();
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
            case IDENTIFIER_NOT_SET -> null; // the API's rules tell
        };
    }
}
