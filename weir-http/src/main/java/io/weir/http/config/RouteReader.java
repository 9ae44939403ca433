package io.weir.http.config;

import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.weir.http.config.tries.TryRulesReader;
import io.weir.http.control.TryRules;
import io.weir.http.ratelimit.DescriptorRules;
import io.weir.http.route.Direct;
import io.weir.http.route.Redirect;
import io.weir.http.route.Redirect.PathChange;
import io.weir.http.route.Route.Note;
import io.weir.http.route.RouteAction;
import io.weir.http.route.RouteMetadata;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.rewrite.PathRewrite;
import io.weir.http.config.upgrade.UpgradeReader;
import io.weir.http.control.GrpcTimeouts;
import io.weir.http.shadow.ShadowRules;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one route. */
final class RouteReader {
    private final RouteScope above;
    private final ReadContext context;

    RouteReader(RouteScope above, ReadContext context) {
        this.above = above;
        this.context = context;
    }

    /** The route, or null after a problem. */
    io.weir.http.route.@Nullable Route read(Route message) {
        var edits = EditsReader.both(message.getRequestHeadersToAddList(), message.getRequestHeadersToRemoveList(),
                message.getResponseHeadersToAddList(), message.getResponseHeadersToRemoveList(), context);
        var scope = above.with(edits)
                .with(PerFilterReader.inside(above.filters(), message.getTypedPerFilterConfigMap(), context));
        var match = MatchReader.match(message.getMatch(), context.at("match"));
        // a match with problems must not hide those of the action
        var path = match == null ? new PathMatch.Prefix("/", false) : match.path();
        var action = action(message, path, scope);
        return match == null || action == null
                ? null
                : new io.weir.http.route.Route(message.getName(), match, action, scope.responseEdits(),
                        scope.filters().chain(), notes(message));
    }

    /** What the route says beside its action; its virtual host's part too, so that nobody need ask two. */
    @SuppressWarnings("deprecation") // the older way to have the virtual host's limits too
    private List<Note> notes(Route message) {
        var notes = new ArrayList<Note>();
        var own = DescriptorRulesReader.rules(message.getRoute().getRateLimitsList(), context.at("route"));
        if (!own.isEmpty() || !above.descriptorRules().isEmpty()) {
            notes.add(new DescriptorRules(own, above.descriptorRules(),
                    message.getRoute().getIncludeVhRateLimits().getValue()));
        }
        var mirrors = message.getRoute().getRequestMirrorPoliciesList();
        var shadows = mirrors.isEmpty()
                ? above.shadows()
                : ShadowReader.policies(mirrors, above.clustersMustExist(), context.at("route"));
        if (!shadows.isEmpty()) {
            notes.add(new ShadowRules(shadows));
        }
        var tries = TryRulesReader.rules(message, above.tries(), context);
        if (!tries.equals(TryRules.DEFAULT)) {
            notes.add(tries);
        }
        var upgrades = UpgradeReader.route(message.getRoute().getUpgradeConfigsList(), context.at("route"));
        if (upgrades != null) {
            notes.add(upgrades);
        }
        var grpc = grpc(message.getRoute());
        if (grpc != null) {
            notes.add(grpc);
        }
        var counted = above.counted().of(message.getStatPrefix());
        if (counted.counts()) {
            notes.add(counted);
        }
        if (message.getMetadata().getFilterMetadataCount() > 0 || !above.metadata().isEmpty()) {
            notes.add(new RouteMetadata(Plain.spaces(message.getMetadata()), above.metadata()));
        }
        return notes;
    }

    @SuppressWarnings("deprecation") // the older way to bound a call's timeout
    private static @Nullable GrpcTimeouts grpc(io.envoyproxy.envoy.config.route.v3.RouteAction message) {
        var life = message.getMaxStreamDuration();
        boolean timeout = message.hasMaxGrpcTimeout();
        boolean duration = life.hasGrpcTimeoutHeaderMax();
        return timeout || duration
                ? new GrpcTimeouts(timeout ? Plain.nanos(message.getMaxGrpcTimeout()) : GrpcTimeouts.UNUSED,
                        Plain.nanos(message.getGrpcTimeoutOffset()),
                        duration ? Plain.nanos(life.getGrpcTimeoutHeaderMax()) : GrpcTimeouts.UNUSED,
                        Plain.nanos(life.getGrpcTimeoutHeaderOffset()))
                : null;
    }

    private @Nullable RouteAction action(Route message, PathMatch path, RouteScope scope) {
        return switch (message.getActionCase()) {
            case ROUTE -> new ForwardReader(scope, path, context.at("route")).read(message.getRoute());
            case REDIRECT -> redirect(message.getRedirect(), path, context.at("redirect"));
            case DIRECT_RESPONSE -> direct(message.getDirectResponse(), context.at("direct_response"));
            case FILTER_ACTION, NON_FORWARDING_ACTION -> {
                context.problem("", message.getName(), "Weir does not know this kind of route yet",
                        "use route, redirect or direct_response");
                yield null;
            }
            case ACTION_NOT_SET -> null; // the API's rules tell
        };
    }

    // ---- redirects ----

    private static Redirect redirect(RedirectAction message, PathMatch path, ReadContext context) {
        String scheme = switch (message.getSchemeRewriteSpecifierCase()) {
            case HTTPS_REDIRECT -> message.getHttpsRedirect() ? "https" : null;
            case SCHEME_REDIRECT -> message.getSchemeRedirect().isEmpty() ? null : message.getSchemeRedirect();
            case SCHEMEREWRITESPECIFIER_NOT_SET -> null;
        };
        if (scheme != null && !scheme.matches("[A-Za-z][A-Za-z0-9+.-]*")) {
            context.problem("scheme_redirect", scheme, "not a scheme", "write http or https");
        }
        int status = switch (message.getResponseCode()) {
            case MOVED_PERMANENTLY, UNRECOGNIZED -> 301;
            case FOUND -> 302;
            case SEE_OTHER -> 303;
            case TEMPORARY_REDIRECT -> 307;
            case PERMANENT_REDIRECT -> 308;
        };
        String host = message.getHostRedirect().isEmpty() ? null : message.getHostRedirect();
        if (host != null) {
            TextReader.checkHost(host, "host_redirect", context);
        }
        return new Redirect(status, scheme, host, message.getPortRedirect(), change(message, path, context),
                message.getStripQuery());
    }

    private static PathChange change(RedirectAction message, PathMatch path, ReadContext context) {
        return switch (message.getPathRewriteSpecifierCase()) {
            case PATH_REDIRECT -> {
                TextReader.checkPath(message.getPathRedirect(), "path_redirect", context);
                yield message.getPathRedirect().isEmpty()
                        ? new PathChange.Keep()
                        : new PathChange.Replace(message.getPathRedirect());
            }
            case PREFIX_REWRITE -> {
                TextReader.checkPath(message.getPrefixRewrite(), "prefix_rewrite", context);
                byte[] prefix = message.getPrefixRewrite().getBytes(StandardCharsets.UTF_8);
                yield new PathChange.Rewrite(new PathRewrite.Prefix(path.matchedBytes(), prefix));
            }
            case REGEX_REWRITE -> {
                var rewrite = RewriteReader.regex(message.getRegexRewrite(), context.at("regex_rewrite"));
                yield rewrite == null ? new PathChange.Keep() : new PathChange.Rewrite(rewrite);
            }
            case PATHREWRITESPECIFIER_NOT_SET -> new PathChange.Keep();
        };
    }

    // ---- direct responses ----

    private Direct direct(DirectResponseAction message, ReadContext at) {
        byte[] body = message.hasBody() ? body(message.getBody(), at.at("body")) : new byte[0];
        if (body.length > above.bodyBytesMax()) {
            at.problem("body", body.length + " bytes", "the body is longer than " + above.bodyBytesMax() + " bytes",
                    "shorten it, or raise max_direct_response_body_size_bytes of the route configuration");
        }
        return new Direct(message.getStatus(), body);
    }

    /** The bytes of a body; empty after a problem. */
    static byte[] body(DataSource source, ReadContext at) {
        return switch (source.getSpecifierCase()) {
            case INLINE_STRING -> source.getInlineString().getBytes(StandardCharsets.UTF_8);
            case INLINE_BYTES -> source.getInlineBytes().toByteArray();
            case FILENAME -> file(source.getFilename(), at);
            case ENVIRONMENT_VARIABLE -> {
                String value = System.getenv(source.getEnvironmentVariable());
                if (value == null) {
                    at.problem("environment_variable", source.getEnvironmentVariable(),
                            "there is no such environment variable", "set it before Weir starts");
                }
                yield value == null ? new byte[0] : value.getBytes(StandardCharsets.UTF_8);
            }
            case SPECIFIER_NOT_SET -> new byte[0]; // the API's rules tell
        };
    }

    private static byte[] file(String name, ReadContext at) {
        try {
            return Files.readAllBytes(Path.of(name));
        } catch (IOException | InvalidPathException e) {
            at.problem("filename", name, "the file cannot be read: " + e.getMessage(),
                    "name a file that Weir's user may read");
            return new byte[0];
        }
    }
}
