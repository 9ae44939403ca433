package io.weir.filters.cache.rules;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.route.match.TextMatch;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What may be stored, and which requests a cache has anything to say to (RFC 9111 section 3). Stateless. */
public final class Storable {
    /** Fields that the key of one response may depend on. */
    private static final int VARY_MAX = 16;
    private static final HeaderName VARY = HeaderName.of("vary");
    private static final HeaderName CONTENT_LOCATION = HeaderName.of("content-location");
    private static final HeaderName EXPIRES = HeaderName.of("expires");
    private static final HeaderName ETAG = HeaderName.of("etag");
    private static final HeaderName LAST_MODIFIED = HeaderName.of("last-modified");
    /** Final statuses that this cache understands; a 206 is a part, which it does not keep (section 3.3). */
    private static final Set<Integer> STATUSES = Set.of(200, 203, 204, 300, 301, 302, 307, 308, 404, 405, 410, 414, 451,
            501);
    /** What some hosts take for another method, path, host or scheme than the request's: it has no part in the key. */
    private static final List<HeaderName> DISGUISES = names("x-http-method-override", "x-http-method",
            "x-method-override", "x-original-url", "x-rewrite-url", "x-host", "x-original-host",
            "x-original-uri", "x-forwarded-uri", "x-forwarded-path", "x-forwarded-prefix", "x-script-name",
            "x-forwarded-server", "x-forwarded-ssl", "x-url-scheme", "x-forwarded-protocol", "front-end-https");
    /** Conditions that this cache leaves to hosts (RFC 9110 sections 13.1.1 and 13.1.4). */
    private static final List<HeaderName> FOREIGN = names("if-match", "if-unmodified-since");

    private Storable() {}

    private static List<HeaderName> names(String... names) {
        return List.of(names).stream().map(HeaderName::of).toList();
    }

    /** Whether a request may be answered out of the cache, or its answer go into it. */
    public static boolean concerns(HttpHead request) {
        return (request.methodIs("GET") || request.methodIs("HEAD")) && request.framing() == Framing.NONE
                && !request.tunnel() && !hasAny(request, DISGUISES) && !hasAny(request, FOREIGN);
    }

    /** Whether a request's answer without an error makes what is stored invalid (section 4.4). */
    public static boolean unsafe(HttpHead request) {
        return !request.methodIs("GET") && !request.methodIs("HEAD") && !request.methodIs("OPTIONS")
                && !request.methodIs("TRACE") && !request.methodIs("CONNECT");
    }

    private static boolean hasAny(HttpHead request, List<HeaderName> names) {
        for (int i = 0; i < names.size(); i++) {
            if (request.has(names.get(i))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether a response to a GET may be stored, as far as its head tells.
     *
     * @param authorized
     *            whether the request brought credentials
     */
    public static boolean response(HttpHead response, boolean authorized) {
        var said = Directives.of(response);
        if (!STATUSES.contains(response.status()) || said.noStore() || said.isPrivate()
                || (authorized && !said.sharesAuthorized())
                || response.has(HeaderName.SET_COOKIE) // what is set for one is not for others
                || response.has(HeaderName.CONTENT_RANGE)
                || response.framing() == Framing.UNTIL_CLOSE) { // nobody can tell whether it is whole (section 3.3)
            return false;
        }
        boolean lives = said.sharedMaxAgeSeconds() > 0
                || (said.sharedMaxAgeSeconds() == Directives.ABSENT && (said.maxAgeSeconds() > 0
                        || (said.maxAgeSeconds() == Directives.ABSENT && response.has(EXPIRES))));
        boolean asks = said.any() && (response.has(ETAG) || response.has(LAST_MODIFIED));
        return lives || asks;
    }

    /**
     * Which fields of the request a response depends on; empty where on none, null where it cannot be stored for that.
     *
     * @param allowed
     *            fields that it may depend on
     */
    public static @Nullable List<HeaderName> vary(HttpHead response, List<TextMatch> allowed) {
        var values = new ArrayList<String>();
        for (int i = response.find(VARY); i >= 0; i = response.find(VARY, i + 1)) {
            values.add(response.value(i));
        }
        return vary(values, allowed);
    }

    /** The same of what is kept. */
    public static @Nullable List<HeaderName> vary(StoredResponse stored, List<TextMatch> allowed) {
        return vary(stored.lines().stream().filter(line -> line.name().equals(VARY)).map(StoredResponse.Line::value)
                .toList(), allowed);
    }

    private static @Nullable List<HeaderName> vary(List<String> values, List<TextMatch> allowed) {
        var names = new ArrayList<HeaderName>();
        for (String value : values) {
            for (String element : value.split(",", -1)) {
                String name = element.strip().toLowerCase(Locale.ROOT);
                if (name.isEmpty()) {
                    continue;
                }
                byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
                if (name.equals("*") || allowed.stream().noneMatch(match -> match.matches(bytes, 0, bytes.length))) {
                    return null;
                }
                var known = HeaderName.of(name);
                if (!names.contains(known)) {
                    names.add(known);
                }
            }
        }
        return names.size() > VARY_MAX ? null : names;
    }

    /**
     * Paths of the same origin that an answer names, and that have changed with what it answers (section 4.4).
     *
     * @param path
     *            of the request, which relative references go from
     */
    public static List<String> related(HttpHead response, String authority, String path) {
        var paths = new ArrayList<String>();
        for (var name : List.of(HeaderName.LOCATION, CONTENT_LOCATION)) {
            String value = response.value(name);
            String named = value == null ? null : samePlace(value.strip(), authority, path);
            if (named != null) {
                paths.add(named);
            }
        }
        return paths;
    }

    /** The path and query of a reference, or null where it is none or leads to another host. */
    private static @Nullable String samePlace(String reference, String authority, String path) {
        try {
            boolean relative = !reference.startsWith("/") && !reference.contains("://");
            var base = new URI("http://" + authority + (relative ? path : "/"));
            var named = base.resolve(new URI(reference));
            String host = named.getRawAuthority();
            if (host == null || !host.equalsIgnoreCase(authority)) {
                return null;
            }
            String at = named.getRawPath();
            String query = named.getRawQuery();
            return (at == null || at.isEmpty() ? "/" : at) + (query == null ? "" : "?" + query);
        } catch (URISyntaxException none) {
            return null;
        }
    }
}
