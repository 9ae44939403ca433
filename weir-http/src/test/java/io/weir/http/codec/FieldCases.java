package io.weir.http.codec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The written list of HTTP/2 messages from {@code /smuggling/http2.txt}, which says how it is to be read. */
public final class FieldCases {
    /**
     * One case.
     *
     * @param kind
     *            what the fields are: request, extended, response, response-to-head, response-to-connect, trailers
     * @param endStream
     *            whether nothing follows
     * @param fields
     *            as {@code name: value}, ISO 8859-1; the first {@code ": "} behind the first character parts them
     * @param verdict
     *            pass, or a status and a word
     * @param http1
     *            what goes on by HTTP/1.1, or null where nothing can
     */
    public record Case(String name, String rfc, String kind, boolean endStream, List<String> fields, String verdict,
            @Nullable String http1) {
        @Override
        public String toString() {
            return name;
        }
    }

    private FieldCases() {}

    public static List<Case> all() {
        var cases = new ArrayList<Case>();
        var fields = new ArrayList<String>();
        String name = "";
        String rfc = "";
        String kind = "";
        String verdict = "";
        String http1 = null;
        boolean end = true;
        for (String line : (SmugglingCases.read("/smuggling/http2.txt") + "case: ").lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            int colon = line.indexOf(": ");
            String value = line.substring(colon + 2);
            switch (line.substring(0, colon)) {
                case "case" -> {
                    if (!name.isEmpty()) {
                        cases.add(new Case(name, rfc, kind, end, List.copyOf(fields), verdict, http1));
                    }
                    name = value;
                    fields.clear();
                    end = true;
                    http1 = null;
                }
                case "rfc" -> rfc = value;
                case "kind" -> kind = value;
                case "end" -> end = value.equals("yes");
                case "field" -> fields.add(SmugglingCases.unescaped(value));
                case "verdict" -> verdict = value;
                case "http1" -> http1 = SmugglingCases.unescaped(value);
                default -> throw new IllegalArgumentException(line);
            }
        }
        return cases;
    }
}
