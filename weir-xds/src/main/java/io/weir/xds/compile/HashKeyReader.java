package io.weir.xds.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

import io.envoyproxy.envoy.config.route.v3.RouteAction.HashPolicy;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.weir.core.hash.HashKey;
import io.weir.core.hash.HashKeys;

import org.jspecify.annotations.Nullable;

/** Reads what of a request is hashed: the {@code hash_policy} of a route, of a TCP proxy, of a balancing policy. */
public final class HashKeyReader {

    private static final String LIST = "hash_policy";

    private HashKeyReader() {}

    /**
     * The keys of a route's, or a balancing policy's, list.
     *
     * @param context
     *            of the message that has {@code hash_policy}; those with problems are left out
     */
    public static HashKeys keys(List<HashPolicy> policies, ReadContext context) {
        var rules = new ArrayList<HashKeys.Rule>();
        for (int i = 0; i < policies.size(); i++) {
            HashKey key = key(policies.get(i), context.at(LIST, i));
            if (key != null) {
                rules.add(new HashKeys.Rule(key, policies.get(i).getTerminal()));
            }
        }
        return HashKeys.of(rules);
    }

    /** The keys of a TCP proxy's list. */
    public static HashKeys ofConnection(List<io.envoyproxy.envoy.type.v3.HashPolicy> policies, ReadContext context) {
        var rules = new ArrayList<HashKeys.Rule>();
        for (int i = 0; i < policies.size(); i++) {
            HashKey key = switch (policies.get(i).getPolicySpecifierCase()) {
                case SOURCE_IP -> new HashKey.SourceIp();
                case FILTER_STATE -> new HashKey.FilterState(policies.get(i).getFilterState().getKey());
                case POLICYSPECIFIER_NOT_SET -> null; // the API's rules tell
            };
            if (key != null) {
                rules.add(new HashKeys.Rule(key, false));
            }
        }
        return HashKeys.of(rules);
    }

    private static @Nullable HashKey key(HashPolicy policy, ReadContext context) {
        return switch (policy.getPolicySpecifierCase()) {
            case HEADER -> {
                var header = policy.getHeader();
                yield new HashKey.Header(header.getHeaderName().toLowerCase(Locale.ROOT), header.hasRegexRewrite()
                        ? rewrite(header.getRegexRewrite(), context.at("header.regex_rewrite"))
                        : null);
            }
            case COOKIE -> cookie(policy.getCookie());
            // as in Envoy: false says nothing
            case CONNECTION_PROPERTIES ->
                policy.getConnectionProperties().getSourceIp() ? new HashKey.SourceIp() : null;
            case QUERY_PARAMETER -> new HashKey.QueryParameter(policy.getQueryParameter().getName());
            case FILTER_STATE -> new HashKey.FilterState(policy.getFilterState().getKey());
            case POLICYSPECIFIER_NOT_SET -> null; // the API's rules tell
        };
    }

    private static HashKey cookie(HashPolicy.Cookie cookie) {
        if (!cookie.hasTtl()) {
            return new HashKey.Cookie(cookie.getName(), null);
        }
        List<String> attributes = cookie.getAttributesList().stream()
                .map(attribute -> attribute(attribute.getName(), attribute.getValue())).toList();
        return new HashKey.Cookie(cookie.getName(),
                new HashKey.MadeCookie(Math.max(0, cookie.getTtl().getSeconds()), cookie.getPath(), attributes));
    }

    /** An attribute of a cookie as it is written: one without a value is its name. */
    public static String attribute(String name, String value) {
        return value.isEmpty() ? name : name + "=" + value;
    }

    private static HashKey.@Nullable Rewrite rewrite(RegexMatchAndSubstitute message, ReadContext context) {
        String regex = message.getPattern().getRegex();
        String text = message.getSubstitution();
        try {
            int groups = Pattern.compile(regex).groupCount();
            for (int i = 0; i + 1 < text.length(); i++) {
                if (text.charAt(i) == '\\' && Character.digit(text.charAt(++i), 10) > groups) {
                    context.problem("substitution", text, "the pattern has " + groups + " groups only",
                            "add the group to the pattern, or name another");
                    return null;
                }
            }
            return new HashKey.Rewrite(regex, text);
        } catch (PatternSyntaxException e) {
            context.problem("pattern.regex", regex, "not a regular expression: " + e.getDescription(),
                    "write it in RE2's syntax, which has no look-around and no back references");
            return null;
        }
    }
}
