package io.weir.http.config;

import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.weir.http.codec.HeaderName;
import io.weir.http.config.tree.PackedReader;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.match.PathTemplate;
import io.weir.http.route.rewrite.HostRewrite;
import io.weir.http.route.rewrite.PathRewrite;
import io.weir.http.route.rewrite.TemplateRewrite;
import io.weir.xds.compile.ReadContext;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads what a route does to path and authority. */
final class RewriteReader {
    private static final String TEMPLATE = "envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig";

    private final PathMatch path;
    private final ReadContext context;

    /**
     * @param path
     *            what the route matches
     */
    RewriteReader(PathMatch path, ReadContext context) {
        this.path = path;
        this.context = context;
    }

    /** What happens to the path. */
    PathRewrite path(RouteAction message) {
        String prefix = message.getPrefixRewrite();
        if ((prefix.isEmpty() ? 0 : 1) + (message.hasRegexRewrite() ? 1 : 0)
                + (message.hasPathRewritePolicy() ? 1 : 0) > 1) {
            context.problem("", "", "there are several rewrites of the path",
                    "keep one of prefix_rewrite, regex_rewrite and path_rewrite_policy");
        }
        if (!prefix.isEmpty()) {
            TextReader.checkPath(prefix, "prefix_rewrite", context);
            return new PathRewrite.Prefix(path.matchedBytes(), prefix.getBytes(StandardCharsets.UTF_8));
        }
        if (message.hasRegexRewrite()) {
            var rewrite = regex(message.getRegexRewrite(), context.at("regex_rewrite"));
            return rewrite == null ? PathRewrite.KEEP : rewrite;
        }
        return message.hasPathRewritePolicy()
                ? template(message.getPathRewritePolicy(), context.at("path_rewrite_policy").at("typed_config"))
                : PathRewrite.KEEP;
    }

    private PathRewrite template(TypedExtensionConfig policy, ReadContext at) {
        var any = policy.getTypedConfig();
        if (!PackedReader.type(any).equals(TEMPLATE)) {
            at.problem("", PackedReader.type(any), "Weir does not know this way to rewrite paths", "use " + TEMPLATE);
            return PathRewrite.KEEP;
        }
        if (!(path instanceof PathMatch.Template(PathTemplate from))) {
            at.problem("", "", "there are no variables, as the route does not match by a template",
                    "match by path_match_policy, or use regex_rewrite");
            return PathRewrite.KEEP;
        }
        var config = PackedReader.unpack(any, UriTemplateRewriteConfig.parser(), at);
        String text = config == null ? "/" : config.getPathTemplateRewrite();
        return switch (TemplateRewrite.of(text, from)) {
            case TemplateRewrite.Result.Ready(TemplateRewrite rewrite) -> new PathRewrite.Template(rewrite);
            case TemplateRewrite.Result.Refused(String message, String cure) -> {
                at.problem("path_template_rewrite", text, message, cure);
                yield PathRewrite.KEEP;
            }
        };
    }

    static PathRewrite.@Nullable Regex regex(RegexMatchAndSubstitute message, ReadContext context) {
        var pattern = TextReader.pattern(message.getPattern(), context.at("pattern"));
        return pattern == null || !groups(message, pattern.groupCount(), context)
                ? null
                : PathRewrite.Regex.of(pattern, message.getSubstitution());
    }

    /** Whether the substitution names only groups that the pattern has. */
    private static boolean groups(RegexMatchAndSubstitute message, int groups, ReadContext context) {
        String text = message.getSubstitution();
        for (int i = 0; i + 1 < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
                if (Character.digit(text.charAt(i), 10) > groups) {
                    context.problem("substitution", text, "the pattern has " + groups + " groups only",
                            "add the group to the pattern, or name another");
                    return false;
                }
            }
        }
        return true;
    }

    /** What happens to the authority. */
    HostRewrite host(RouteAction message) {
        return switch (message.getHostRewriteSpecifierCase()) {
            case HOST_REWRITE_LITERAL -> {
                TextReader.checkHost(message.getHostRewriteLiteral(), "host_rewrite_literal", context);
                yield message.getHostRewriteLiteral().isEmpty()
                        ? HostRewrite.KEEP
                        : new HostRewrite.Literal(message.getHostRewriteLiteral());
            }
            case AUTO_HOST_REWRITE -> message.getAutoHostRewrite().getValue()
                    ? new HostRewrite.ToEndpoint()
                    : HostRewrite.KEEP;
            case HOST_REWRITE_HEADER -> {
                HeaderName name = TextReader.name(message.getHostRewriteHeader(), "host_rewrite_header", context);
                yield name == null ? HostRewrite.KEEP : new HostRewrite.FromHeader(name);
            }
            case HOST_REWRITE_PATH_REGEX -> {
                var at = context.at("host_rewrite_path_regex");
                var rewrite = regex(message.getHostRewritePathRegex(), at);
                yield rewrite == null
                        ? HostRewrite.KEEP
                        : new HostRewrite.FromPath(rewrite.pattern(), rewrite.substitution());
            }
            case HOSTREWRITESPECIFIER_NOT_SET -> HostRewrite.KEEP;
        };
    }
}
