package io.weir.filters.mutation;

import io.envoyproxy.envoy.config.common.mutation_rules.v3.HeaderMutation;
import io.envoyproxy.envoy.config.core.v3.KeyValueMutation;
import io.weir.http.config.EditsReader;
import io.weir.http.config.TextReader;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.HeaderEdits.Append;
import io.weir.http.route.HeaderEdits.Level;
import io.weir.http.route.ValueFormat;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what one place changes. */
final class MutationsReader {
    private MutationsReader() {}

    static Mutations read(io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.Mutations message,
            ReadContext context) {
        return new Mutations(fields("request_mutations", message.getRequestMutationsList(), context),
                queries(message.getQueryParameterMutationsList(), context),
                fields("response_mutations", message.getResponseMutationsList(), context),
                fields("request_trailers_mutations", message.getRequestTrailersMutationsList(), context),
                fields("response_trailers_mutations", message.getResponseTrailersMutationsList(), context));
    }

    private static List<FieldMutation> fields(String list, List<HeaderMutation> messages, ReadContext context) {
        var mutations = new ArrayList<FieldMutation>();
        for (int i = 0; i < messages.size(); i++) {
            var mutation = field(messages.get(i), context.at(list, i));
            if (mutation != null) {
                mutations.add(mutation);
            }
        }
        return mutations;
    }

    private static @Nullable FieldMutation field(HeaderMutation message, ReadContext context) {
        return switch (message.getActionCase()) {
            case REMOVE -> {
                var name = TextReader.editable(message.getRemove(), "remove", context);
                yield name == null ? null : edit(new Level(List.of(), List.of(name)));
            }
            case APPEND -> edit(EditsReader.one(message.getAppend(), context.at("append")));
            case REMOVE_ON_MATCH -> {
                var match = TextReader.text(message.getRemoveOnMatch().getKeyMatcher(),
                        context.at("remove_on_match").at("key_matcher"));
                yield match == null ? null : new FieldMutation.RemoveMatching(match);
            }
            case ACTION_NOT_SET -> null; // the API's rules tell
        };
    }

    private static FieldMutation edit(Level level) {
        return new FieldMutation.Edit(HeaderEdits.of(List.of(level)));
    }

    private static List<QueryMutation> queries(List<KeyValueMutation> messages, ReadContext context) {
        var mutations = new ArrayList<QueryMutation>();
        for (int i = 0; i < messages.size(); i++) {
            var mutation = query(messages.get(i), context.at("query_parameter_mutations", i));
            if (mutation != null) {
                mutations.add(mutation);
            }
        }
        return mutations;
    }

    private static @Nullable QueryMutation query(KeyValueMutation message, ReadContext context) {
        if (message.hasAppend() == !message.getRemove().isEmpty()) {
            context.problem("", "", "a parameter is either added or taken out", "write one of append and remove");
            return null;
        }
        if (!message.hasAppend()) {
            return new QueryMutation.Remove(message.getRemove());
        }
        var record = message.getAppend().getRecord();
        if (!record.getValue().hasStringValue()) {
            context.problem("append.record.value", "", "the value of a parameter is a text",
                    "write append: { record: { key: NAME, value: TEXT } }");
            return null;
        }
        String value = record.getValue().getStringValue();
        return switch (ValueFormat.compile(value)) {
            case ValueFormat.Result.Ready ready -> {
                var action = switch (message.getAppend().getAction()) {
                    case APPEND_IF_EXISTS_OR_ADD, UNRECOGNIZED -> Append.APPEND_IF_EXISTS_OR_ADD;
                    case ADD_IF_ABSENT -> Append.ADD_IF_ABSENT;
                    case OVERWRITE_IF_EXISTS_OR_ADD -> Append.OVERWRITE_IF_EXISTS_OR_ADD;
                    case OVERWRITE_IF_EXISTS -> Append.OVERWRITE_IF_EXISTS;
                };
                yield new QueryMutation.Add(record.getKey(), ready.format(), action);
            }
            case ValueFormat.Result.Refused refused -> {
                context.problem("append.record.value", value, refused.message(), refused.cure());
                yield null;
            }
        };
    }
}
