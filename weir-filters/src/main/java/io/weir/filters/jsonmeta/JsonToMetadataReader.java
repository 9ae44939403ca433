package io.weir.filters.jsonmeta;

import com.google.re2j.Pattern;
import io.envoyproxy.envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata;
import io.envoyproxy.envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata.KeyValuePair;
import io.envoyproxy.envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata.MatchRules;
import io.envoyproxy.envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata.Selector;
import io.weir.filters.jsonmeta.JsonRules.Entry;
import io.weir.filters.jsonmeta.JsonRules.Rule;
import io.weir.filters.metadata.ValueReader;
import io.weir.http.config.TextReader;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the filter; a level of the routes has the same message, which replaces what holds outside. */
public final class JsonToMetadataReader implements ExtensionReader<JsonToMetadata, JsonToMetadataSpec> {
    private static final String NAMESPACE = "envoy.filters.http.json_to_metadata";
    private static final String JSON = "application/json";

    @Override
    public JsonToMetadata prototype() {
        return JsonToMetadata.getDefaultInstance();
    }

    @Override
    public Class<JsonToMetadataSpec> kind() {
        return JsonToMetadataSpec.class;
    }

    @Override
    public @Nullable JsonToMetadataSpec read(JsonToMetadata config, ReadContext context) {
        int before = context.problems().size();
        if (!config.hasRequestRules() && !config.hasResponseRules()) {
            context.problem("", "", "there are no rules, for requests nor for responses",
                    "write request_rules or response_rules, or remove the filter");
        }
        var request = config.hasRequestRules() ? rules(config.getRequestRules(), context.at("request_rules")) : null;
        var response = config.hasResponseRules()
                ? rules(config.getResponseRules(), context.at("response_rules"))
                : null;
        return context.problems().size() > before ? null : new JsonToMetadataSpec(request, response);
    }

    private static JsonRules rules(MatchRules message, ReadContext context) {
        var rules = new ArrayList<Rule>();
        for (int i = 0; i < message.getRulesCount(); i++) {
            var rule = message.getRules(i);
            var at = context.at("rules", i);
            if (!rule.hasOnPresent() && !rule.hasOnMissing() && !rule.hasOnError()) {
                at.problem("", "", "the rule writes nothing", "write on_present, on_missing or on_error");
            }
            rules.add(new Rule(rule.getSelectorsList().stream().map(Selector::getKey).toList(),
                    rule.hasOnPresent() ? entry(rule.getOnPresent(), true, at.at("on_present")) : null,
                    rule.hasOnMissing() ? entry(rule.getOnMissing(), false, at.at("on_missing")) : null,
                    rule.hasOnError() ? entry(rule.getOnError(), false, at.at("on_error")) : null));
        }
        Set<String> types = new HashSet<>();
        message.getAllowContentTypesList().forEach(type -> types.add(type.toLowerCase(Locale.ROOT)));
        Pattern pattern = message.hasAllowContentTypesRegex()
                ? TextReader.pattern(message.getAllowContentTypesRegex(), context.at("allow_content_types_regex"))
                : null;
        return new JsonRules(rules, types.isEmpty() && pattern == null ? Set.of(JSON) : types,
                message.getAllowEmptyContentType(), pattern);
    }

    private static @Nullable Entry entry(KeyValuePair message, boolean found, ReadContext at) {
        Object value = message.hasValue() ? ValueReader.value(message.getValue()) : null;
        if (value == null && (!found || message.hasValue())) {
            at.problem("value", "", "there is no value that could be written", "write value");
            return null;
        }
        return new Entry(message.getMetadataNamespace().isEmpty() ? NAMESPACE : message.getMetadataNamespace(),
                message.getKey(), value, switch (message.getType()) {
                    case PROTOBUF_VALUE, UNRECOGNIZED -> JsonRules.Type.VALUE;
                    case STRING -> JsonRules.Type.STRING;
                    case NUMBER -> JsonRules.Type.NUMBER;
                }, message.getPreserveExistingMetadataValue());
    }
}
