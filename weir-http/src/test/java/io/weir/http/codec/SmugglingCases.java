package io.weir.http.codec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The written list of messages that two recipients could read in two ways, and of their harmless neighbours, from
 * {@code /smuggling/requests.txt} and {@code responses.txt}. Blocks of {@code case:}, {@code rfc:}, {@code bytes:}
 * (more than one line is joined; escapes as in Java, {@code \xHH}, and {@code \{1000 a}} for a thousand times
 * {@code a}) and {@code verdict:} {@code pass}, {@code incomplete}, or the answer's status and the details word.
 */
public final class SmugglingCases {
    /**
     * One case.
     *
     * @param text
     *            the bytes as ISO 8859-1
     * @param status
     *            what a refused request is answered with; 0 where the message passes
     * @param details
     *            the word for access logs; empty where the message passes
     * @param complete
     *            whether the bytes are whole messages, so that an answer to each can be awaited
     */
    public record Case(String name, String rfc, String text, int status, String details, boolean complete) {
        public boolean passes() {
            return status == 0;
        }

        public byte[] bytes() {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private SmugglingCases() {}

    public static List<Case> requests() {
        return load("/smuggling/requests.txt");
    }

    public static List<Case> responses() {
        return load("/smuggling/responses.txt");
    }

    /** What the document says before it lists the cases. */
    static String introduction() {
        return read("/smuggling/introduction.md");
    }

    private static List<Case> load(String resource) {
        var cases = new ArrayList<Case>();
        String name = "";
        String rfc = "";
        var bytes = new StringBuilder();
        for (String line : read(resource).lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            int colon = line.indexOf(": ");
            String value = line.substring(colon + 2);
            switch (line.substring(0, colon)) {
                case "case" -> name = value;
                case "rfc" -> rfc = value;
                case "bytes" -> bytes.append(unescaped(value));
                case "verdict" -> {
                    var words = value.split(" ", 2);
                    boolean refused = Character.isDigit(words[0].charAt(0));
                    cases.add(new Case(name, rfc, bytes.toString(),
                            refused ? Integer.parseInt(words[0]) : 0, refused ? words[1] : "",
                            !words[0].equals("incomplete")));
                    bytes.setLength(0);
                }
                default -> throw new IllegalArgumentException(resource + ": " + line);
            }
        }
        return cases;
    }

    static String read(String resource) {
        try (var in = SmugglingCases.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String unescaped(String text) {
        var out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char kind = text.charAt(++i);
            switch (kind) {
                case 'r' -> out.append('\r');
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case '\\' -> out.append('\\');
                case 'x' -> {
                    out.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
                    i += 2;
                }
                case '{' -> {
                    int end = text.indexOf('}', i);
                    var words = text.substring(i + 1, end).split(" ", 2);
                    out.append(unescaped(words[1]).repeat(Integer.parseInt(words[0])));
                    i = end;
                }
                default -> throw new IllegalArgumentException("no escape \\" + kind + " in " + text);
            }
        }
        return out.toString();
    }
}
