package io.weir.filters.jsonmeta;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is written of the bodies of one direction. Immutable. Source: Envoy's {@code JsonToMetadata.MatchRules}.
 *
 * @param contentTypes
 *            of bodies that are read, without parameters, in lower case
 * @param withoutType
 *            whether bodies of no type are
 * @param typePattern
 *            further types, as a whole; null: none
 */
record JsonRules(List<Rule> rules, Set<String> contentTypes, boolean withoutType, @Nullable Pattern typePattern) {
    JsonRules {
        rules = List.copyOf(rules);
        contentTypes = Set.copyOf(contentTypes);
    }

    /** What a text is read as. */
    enum Type {
        /** What it is in JSON. */
        VALUE, STRING, NUMBER
    }

    /**
     * A value that is written.
     *
     * @param value
     *            whatever the body says; null: what it says
     * @param keepsExisting
     *            whether one that is there stays
     */
    record Entry(String namespace, String key, @Nullable Object value, Type type, boolean keepsExisting) {
    }

    /**
     * One value of a body.
     *
     * @param path
     *            keys from the body inwards
     * @param present
     *            what is written where it is there; null with each of these: nothing
     * @param missing
     *            where it is not
     * @param error
     *            where the body is no JSON, or too long
     */
    record Rule(List<String> path, @Nullable Entry present, @Nullable Entry missing, @Nullable Entry error) {
        Rule {
            path = List.copyOf(path);
        }
    }

    /** Whether a body of this type is read; null: of none. */
    boolean reads(@Nullable String contentType) {
        if (contentType == null || contentType.isBlank()) {
            return withoutType;
        }
        int semicolon = contentType.indexOf(';');
        String type = (semicolon < 0 ? contentType : contentType.substring(0, semicolon)).strip();
        return contentTypes.contains(type.toLowerCase(Locale.ROOT))
                || (typePattern != null && typePattern.matches(contentType));
    }
}
