package io.weir.filters.cache.rules;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.TextMatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Under which key the responses of a request stand (RFC 9111 section 2). Source: Envoy's {@code KeyCreatorParams}.
 *
 * @param excludeScheme
 *            whether the client's scheme does not matter
 * @param excludeHost
 *            whether the host does not
 * @param included
 *            parameters of the query that alone count; empty: all do
 * @param excluded
 *            parameters that do not count
 */
public record KeyRules(boolean excludeScheme, boolean excludeHost, List<Parameter> included,
        List<Parameter> excluded) {
    private static final HeaderName FORWARDED_PORT = HeaderName.of("x-forwarded-port");
    private static final HeaderName FORWARDED_SCHEME = HeaderName.of("x-forwarded-scheme");
    /** A character that stands in no part of a key. */
    static final char BORDER = '\n';

    public KeyRules {
        included = List.copyOf(included);
        excluded = List.copyOf(excluded);
    }

    /**
     * Which parameters of a query are meant.
     *
     * @param value
     *            null: whatever its value is
     */
    public record Parameter(String name, @Nullable TextMatch value) {
        boolean matches(String parameter) {
            int equals = parameter.indexOf('=');
            String key = equals < 0 ? parameter : parameter.substring(0, equals);
            byte[] text = (equals < 0 ? "" : parameter.substring(equals + 1)).getBytes(StandardCharsets.ISO_8859_1);
            return key.equals(name) && (value == null || value.matches(text, 0, text.length));
        }
    }

    /**
     * The key of a request. Hosts believe {@code X-Forwarded-Host} and its like, and answer by them; whoever may send
     * them could else have others served what he asked for.
     *
     * @param cluster
     *            whose hosts answer it, and what is made of the request for them
     */
    public String key(HttpHead request, String cluster) {
        var key = new StringBuilder(cluster).append(BORDER);
        if (!excludeScheme) {
            key.append(values(request, HeaderName.X_FORWARDED_PROTO)).append(BORDER)
                    .append(values(request, FORWARDED_SCHEME));
        }
        key.append(BORDER);
        if (!excludeHost) {
            key.append(request.authority().toLowerCase(Locale.ROOT)).append(BORDER)
                    .append(values(request, HeaderName.X_FORWARDED_HOST)).append(BORDER)
                    .append(values(request, FORWARDED_PORT)).append(BORDER)
                    .append(named(values(request, HeaderName.FORWARDED)));
        }
        return key.append(BORDER).append(counted(request.path())).toString();
    }

    /** What of a request's URI counts: what is forgotten together when something changes it. */
    public String uri(String authority, String path) {
        return joined(excludeHost ? "" : authority.toLowerCase(Locale.ROOT), counted(path));
    }

    private static String joined(String host, String path) {
        return host + BORDER + path;
    }

    /**
     * All forms in which entries of a URI may stand in a store: those of these rules, and of places that share the
     * store and count host and query as they come, or leave the host out.
     */
    public Set<String> forms(String authority, String path) {
        String host = authority.toLowerCase(Locale.ROOT);
        var forms = new LinkedHashSet<String>();
        for (String said : List.of(counted(path), path)) {
            forms.add(joined(host, said));
            forms.add(joined("", said));
        }
        return forms;
    }

    /** What {@code Forwarded} says beside who the client is: its host and proto (RFC 7239 section 5). */
    private static String named(String forwarded) {
        String lower = forwarded.toLowerCase(Locale.ROOT);
        return lower.contains("host") || lower.contains("proto") ? forwarded : "";
    }

    /** The path with the parameters that count. */
    private String counted(String path) {
        int question = path.indexOf('?');
        if (question < 0 || (included.isEmpty() && excluded.isEmpty())) {
            return path;
        }
        var kept = new ArrayList<String>();
        for (String parameter : path.substring(question + 1).split("&", -1)) {
            boolean counts = included.isEmpty() || included.stream().anyMatch(rule -> rule.matches(parameter));
            if (counts && excluded.stream().noneMatch(rule -> rule.matches(parameter))) {
                kept.add(parameter);
            }
        }
        return path.substring(0, question) + "?" + String.join("&", kept);
    }

    /** All values of a field in one text. */
    static String values(HttpHead request, HeaderName name) {
        int first = request.find(name);
        if (first < 0) {
            return "";
        }
        var text = new StringBuilder(request.value(first));
        for (int i = request.find(name, first + 1); i >= 0; i = request.find(name, i + 1)) {
            text.append(',').append(request.value(i));
        }
        return text.toString();
    }
}
