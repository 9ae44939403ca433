package io.weir.filters.cache.rules;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.TextMatch;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a request asks for, as it came: what routes change in it on its way to a host changes nothing here. Immutable;
 * any thread.
 *
 * @param uri
 *            what is forgotten when something changes it, whatever route it took: host and path
 * @param primary
 *            the key without the fields that a response may depend on
 * @param fields
 *            those that it may, with all their values
 */
public record RequestKey(String uri, String primary, Map<HeaderName, String> fields) {
    /** Of a request that nothing is kept for. */
    public static final RequestKey NONE = new RequestKey("", "", Map.of());

    public RequestKey {
        fields = Map.copyOf(fields);
    }

    /** That of a request. */
    public static RequestKey of(HttpHead request, String uri, String primary, List<TextMatch> allowedVary) {
        if (allowedVary.isEmpty()) {
            return new RequestKey(uri, primary, Map.of());
        }
        var fields = new HashMap<HeaderName, String>();
        for (int i = 0; i < request.count(); i++) {
            if (!request.removed(i)) {
                String name = request.name(i).toLowerCase(Locale.ROOT);
                byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
                if (allowedVary.stream().anyMatch(match -> match.matches(bytes, 0, bytes.length))) {
                    fields.merge(HeaderName.of(name), request.value(i), (one, more) -> one + "," + more);
                }
            }
        }
        return new RequestKey(uri, primary, fields);
    }

    /** Under which the response stands, or the word that there are several. */
    public StoreKey stored() {
        return new StoreKey(uri, primary);
    }

    /** The key of the variant that the request asks for (RFC 9111 section 4.1). */
    public StoreKey variant(Entry.Variants variants) {
        var text = new StringBuilder(primary).append(KeyRules.BORDER).append(variants.generation());
        for (var name : variants.names()) {
            String value = fields.get(name);
            text.append(KeyRules.BORDER).append(name).append(value == null ? "-" : "=" + value);
        }
        return new StoreKey(uri, text.toString());
    }
}
