package io.weir.filters.transcode;

import java.util.ArrayList;
import java.util.List;

/**
 * The pattern of a path: {@code /v1/{name=shelves/*}/books:list}. Source: the grammar in {@code google/api/http.proto},
 * "Path template syntax".
 *
 * @param segments
 *            literals, {@link #ONE} and, as the last one only, {@link #REST}
 * @param variables
 *            in the order of the text
 * @param verb
 *            what stands behind the last colon; empty where there is none
 */
record HttpTemplate(List<String> segments, List<Variable> variables, String verb) {
    /** One segment, whatever it is. */
    static final String ONE = "*";
    /** Any number of segments. */
    static final String REST = "**";

    HttpTemplate {
        segments = List.copyOf(segments);
        variables = List.copyOf(variables);
    }

    /**
     * What a part of the path is bound to.
     *
     * @param field
     *            a path of fields, with dots
     * @param from
     *            the first segment
     * @param to
     *            the first segment behind; 0: all up to the end
     */
    record Variable(String field, int from, int to) {
        /** Whether it stands for exactly one segment. */
        boolean single() {
            return to == from + 1;
        }
    }

    /**
     * Reads a template.
     *
     * @throws IllegalArgumentException
     *             with a sentence on what is wrong
     */
    static HttpTemplate of(String text) {
        return new Reading(text).template();
    }

    private static final class Reading {
        private final String text;
        private final List<String> segments = new ArrayList<>();
        private final List<Variable> variables = new ArrayList<>();
        private int at;

        Reading(String text) {
            this.text = text;
        }

        HttpTemplate template() {
            expect('/');
            segments(false);
            String verb = "";
            if (at < text.length() && text.charAt(at) == ':') {
                at++;
                verb = literal();
            }
            if (at < text.length()) {
                throw wrong("\"" + text.charAt(at) + "\" may not stand at " + at);
            }
            int rest = segments.indexOf(REST);
            if (rest >= 0 && rest < segments.size() - 1) {
                throw wrong("\"**\" may only be the last segment");
            }
            return new HttpTemplate(segments, variables, verb);
        }

        private void segments(boolean inVariable) {
            segment(inVariable);
            while (at < text.length() && text.charAt(at) == '/') {
                at++;
                segment(inVariable);
            }
        }

        private void segment(boolean inVariable) {
            if (text.startsWith(REST, at)) {
                at += REST.length();
                segments.add(REST);
            } else if (text.startsWith(ONE, at)) {
                at++;
                segments.add(ONE);
            } else if (text.startsWith("{", at)) {
                if (inVariable) {
                    throw wrong("a variable may not stand in another");
                }
                variable();
            } else {
                segments.add(literal());
            }
        }

        private void variable() {
            expect('{');
            int begin = at;
            while (at < text.length() && "=}".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            String field = text.substring(begin, at);
            if (field.isEmpty()) {
                throw wrong("a variable has no name");
            }
            int from = segments.size();
            if (at < text.length() && text.charAt(at) == '=') {
                at++;
                segments(true);
            } else {
                segments.add(ONE);
            }
            expect('}');
            boolean open = segments.getLast().equals(REST);
            variables.add(new Variable(field, from, open ? 0 : segments.size()));
        }

        private String literal() {
            int begin = at;
            while (at < text.length() && "/:{}*".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            if (at == begin) {
                throw wrong("a segment is empty at " + at);
            }
            return text.substring(begin, at);
        }

        private void expect(char c) {
            if (at >= text.length() || text.charAt(at) != c) {
                throw wrong("\"" + c + "\" is missing at " + at);
            }
            at++;
        }

        private IllegalArgumentException wrong(String what) {
            return new IllegalArgumentException(what);
        }
    }
}
