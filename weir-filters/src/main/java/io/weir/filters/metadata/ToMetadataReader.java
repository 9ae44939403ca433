package io.weir.filters.metadata;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Value;
import com.google.re2j.Pattern;
import io.envoyproxy.envoy.extensions.filters.http.header_to_metadata.v3.Config;
import io.envoyproxy.envoy.extensions.filters.http.header_to_metadata.v3.Config.KeyValuePair;
import io.envoyproxy.envoy.extensions.filters.http.header_to_metadata.v3.Config.Rule;
import io.envoyproxy.envoy.extensions.filters.http.header_to_metadata.v3.Config.ValueEncode;
import io.weir.http.config.TextReader;
import io.weir.http.route.match.HeadText;
import io.weir.http.route.rewrite.Substitution;
import io.weir.http.sticky.CookieField;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the filter; a level of the routes has the same message, which replaces what holds outside. */
public final class ToMetadataReader implements ExtensionReader<Config, ToMetadataSpec> {
    private static final String NAMESPACE = "envoy.filters.http.header_to_metadata";

    @Override
    public Config prototype() {
        return Config.getDefaultInstance();
    }

    @Override
    public Class<ToMetadataSpec> kind() {
        return ToMetadataSpec.class;
    }

    @Override
    public ToMetadataSpec read(Config config, ReadContext context) {
        return new ToMetadataSpec(rules("request_rules", config.getRequestRulesList(), context),
                rules("response_rules", config.getResponseRulesList(), context), config.getStatPrefix());
    }

    private static List<MetadataRule> rules(String list, List<Rule> messages, ReadContext context) {
        var rules = new ArrayList<MetadataRule>();
        for (int i = 0; i < messages.size(); i++) {
            var at = context.at(list, i);
            var message = messages.get(i);
            var source = source(message, at);
            if (!message.hasOnHeaderPresent() && !message.hasOnHeaderMissing()) {
                at.problem("", "", "a rule that writes nothing", "add on_header_present or on_header_missing");
            }
            if (message.hasOnHeaderMissing() && message.getOnHeaderMissing().getValue().isEmpty()) {
                at.problem("on_header_missing.value", "", "there is nothing that could be written",
                        "write a value");
            }
            var present = message.hasOnHeaderPresent()
                    ? entry(message.getOnHeaderPresent(), at.at("on_header_present"))
                    : null;
            var missing = message.hasOnHeaderMissing()
                    ? entry(message.getOnHeaderMissing(), at.at("on_header_missing"))
                    : null;
            if (source != null) {
                rules.add(new MetadataRule(source, present, missing));
            }
        }
        return rules;
    }

    private static MetadataRule.@Nullable Source source(Rule rule, ReadContext context) {
        if (rule.getHeader().isEmpty() == rule.getCookie().isEmpty()) {
            context.problem("", "", "a rule reads either a header or a cookie", "write one of header and cookie");
            return null;
        }
        if (rule.getHeader().isEmpty()) {
            if (rule.getRemove()) {
                context.problem("remove", "true", "a cookie cannot be taken out", "remove it");
            }
            return new MetadataRule.Source.Cookie(new CookieField(rule.getCookie()));
        }
        var name = rule.getRemove()
                ? TextReader.editable(rule.getHeader(), "header", context)
                : TextReader.name(rule.getHeader(), "header", context);
        return name == null ? null : new MetadataRule.Source.Field(name, rule.getRemove());
    }

    private static MetadataRule.@Nullable Entry entry(KeyValuePair pair, ReadContext context) {
        Pattern pattern = null;
        String substitution = "";
        if (pair.hasRegexValueRewrite()) {
            if (!pair.getValue().isEmpty()) {
                context.problem("regex_value_rewrite", "", "the value is written already", "write one of the two");
            }
            var rewrite = pair.getRegexValueRewrite();
            pattern = TextReader.pattern(rewrite.getPattern(), context.at("regex_value_rewrite").at("pattern"));
            if (pattern == null || !groupsExist(rewrite.getSubstitution(), pattern, context)) {
                return null;
            }
            substitution = Substitution.fromRe2(HeadText.latin(rewrite.getSubstitution()));
        }
        var type = switch (pair.getType()) {
            case STRING, UNRECOGNIZED -> MetadataRule.Type.STRING;
            case NUMBER -> MetadataRule.Type.NUMBER;
            case PROTOBUF_VALUE -> MetadataRule.Type.PROTOBUF_VALUE;
        };
        return new MetadataRule.Entry(pair.getMetadataNamespace().isEmpty() ? NAMESPACE : pair.getMetadataNamespace(),
                pair.getKey(), HeadText.latin(pair.getValue()), pattern, substitution, type,
                pair.getEncode() == ValueEncode.BASE64);
    }

    private static boolean groupsExist(String substitution, Pattern pattern, ReadContext context) {
        for (int i = 0; i + 1 < substitution.length(); i++) {
            if (substitution.charAt(i) == '\\') {
                i++;
                char digit = substitution.charAt(i);
                if (digit >= '0' && digit <= '9' && digit - '0' > pattern.groupCount()) {
                    context.problem("regex_value_rewrite.substitution", substitution,
                            "the pattern has no group " + digit, "name one of its " + pattern.groupCount() + " groups");
                    return false;
                }
            }
        }
        return true;
    }

    /** The value that these bytes of a {@code google.protobuf.Value} stand for; null where they are none. */
    static @Nullable Object decoded(byte[] bytes) {
        try {
            return ValueReader.value(Value.parseFrom(bytes));
        } catch (InvalidProtocolBufferException broken) {
            return null;
        }
    }
}
