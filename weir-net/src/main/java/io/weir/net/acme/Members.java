package io.weir.net.acme;

import io.weir.core.value.JsonReader;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The members of an object that the authority has sent; those that are needed and not there are its failure.
 *
 * @param what
 *            it is, for people
 */
record Members(String what, Map<String, @Nullable Object> all) {
    /** Reads an answer's text. */
    static Members of(String what, String text) throws AcmeFailure {
        try {
            return new Members(what, JsonReader.object(text));
        } catch (JsonReader.Malformed e) {
            throw new AcmeFailure(what + " is no object of JSON: " + e.getMessage());
        }
    }

    String text(String name) throws AcmeFailure {
        if (all.get(name) instanceof String text && !text.isEmpty()) {
            return text;
        }
        throw new AcmeFailure(what + " has no " + name);
    }

    String text(String name, String otherwise) {
        return all.get(name) instanceof String text ? text : otherwise;
    }

    /** A URL, which must be {@code https} (RFC 8555 section 6.1). */
    URI url(String name) throws AcmeFailure {
        return url(what + "'s " + name, text(name));
    }

    static URI url(String what, String text) throws AcmeFailure {
        try {
            URI url = URI.create(text);
            if ("https".equalsIgnoreCase(url.getScheme()) && url.getHost() != null) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            throw new AcmeFailure(what + " is no URL: " + text);
        }
        throw new AcmeFailure(what + " is no https URL: " + text);
    }

    boolean has(String name) {
        return all.get(name) != null;
    }

    boolean truth(String name) {
        return Boolean.TRUE.equals(all.get(name));
    }

    /** An object inside; empty where there is none. */
    Members inside(String name) {
        return inner(name, all.get(name));
    }

    /** The objects of a list; none where there is no list. */
    List<Members> each(String name) {
        var found = new ArrayList<Members>();
        if (all.get(name) instanceof List<?> list) {
            list.forEach(element -> found.add(inner(name, element)));
        }
        return found;
    }

    /** The URLs of a list. */
    List<URI> urls(String name) throws AcmeFailure {
        var found = new ArrayList<URI>();
        if (all.get(name) instanceof List<?> list) {
            for (Object element : list) {
                found.add(url(what + "'s " + name, String.valueOf(element)));
            }
        }
        return found;
    }

    private Members inner(String name, @Nullable Object value) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, each) -> members.put(String.valueOf(key), each));
        }
        return new Members(what + "'s " + name, members);
    }
}
