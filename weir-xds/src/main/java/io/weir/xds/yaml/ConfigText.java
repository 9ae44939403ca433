package io.weir.xds.yaml;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

import io.weir.xds.resource.Position;
import io.weir.xds.resource.Problem;

/**
 * Text to a {@link Node} tree: YAML 1.2 or JSON, which is a part of it. Stateless; any thread. Never throws for what
 * the text says: every fault is a {@link Problem} with its place.
 */
public final class ConfigText {
    /** Longest text that is read, in characters. */
    public static final int TEXT_LENGTH_MAX = 64 << 20;
    /** Deepest nesting that is read; protobuf itself stops at 100 levels of messages. */
    public static final int DEPTH_MAX = 96;
    /** How many nodes aliases may add to those that were written (an alias of aliases grows without bound). */
    public static final int ALIASED_NODES_MAX = 200_000;

    private ConfigText() {}

    /**
     * What became of a text.
     *
     * @param root
     *            the tree; null when the text could not be understood at all
     * @param problems
     *            every fault, in the order of the text; the tree lacks the parts that they name
     */
    public record Parsed(@Nullable Node root, List<Problem> problems) {
        public Parsed {
            problems = List.copyOf(problems);
        }
    }

    /**
     * Reads one document.
     *
     * @param file
     *            the name for positions, as the person wrote it
     * @param text
     *            the whole text
     */
    public static Parsed parse(String file, String text) {
        List<Problem> problems = new ArrayList<>();
        Position start = new Position(file, 1, 1);
        if (text.length() > TEXT_LENGTH_MAX) {
            problems.add(Problem.error(start, "", "", "the text has " + text.length() + " characters, more than "
                    + TEXT_LENGTH_MAX, "split it, or serve it by xDS"));
            return new Parsed(null, problems);
        }
        LoadSettings settings = LoadSettings.builder().setLabel(file).setCodePointLimit(TEXT_LENGTH_MAX + 1).build();
        Composer composer = new Composer(file, problems);
        try {
            for (Event event : new Parse(settings).parseString(withoutMark(text))) {
                if (!composer.take(event)) {
                    return new Parsed(null, problems);
                }
            }
        } catch (MarkedYamlEngineException e) {
            problems.add(syntax(start, e));
            return new Parsed(null, problems);
        } catch (ReaderException e) {
            problems.add(Problem.error(placeOf(file, text, e.getPosition()), "", hex(e.getCodePoint()),
                    "this character may not stand in YAML", "remove it, or write it as an escape in double quotes"));
            return new Parsed(null, problems);
        } catch (YamlEngineException e) {
            problems.add(Problem.error(start, "", "", "the YAML cannot be read: " + e.getMessage(), ""));
            return new Parsed(null, problems);
        }
        Node root = composer.root();
        if (root == null && problems.isEmpty()) {
            problems.add(Problem.error(start, "", "", "the text is empty", "write a configuration into it"));
        }
        return new Parsed(root, problems);
    }

    private static String withoutMark(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static Problem syntax(Position start, MarkedYamlEngineException e) {
        Mark mark = e.getProblemMark().or(e::getContextMark).orElse(null);
        Position at = mark == null ? start : new Position(start.file(), mark.getLine() + 1, mark.getColumn() + 1);
        String context = e.getContext();
        String problem = e.getProblem();
        String what = problem == null ? "unexpected text" : problem;
        String message = "this is not YAML: " + (context == null || context.isEmpty() ? what : context + ", " + what);
        return Problem.error(at, "", "", message, cureOf(what));
    }

    private static String cureOf(String problem) {
        if (problem.contains("\\t(TAB)")) {
            return "indent with spaces, not with tabs";
        }
        if (problem.contains("mapping values are not allowed")) {
            return "check the indentation, and quote a text that contains \": \"";
        }
        if (problem.contains("<block end>") || problem.contains("could not find expected ':'")) {
            return "check the indentation of this line against the lines above, and that each key is followed"
                    + " by \": \"";
        }
        return "check quotes, brackets and indentation here and on the line above";
    }

    private static Position placeOf(String file, String text, int index) {
        int line = 1;
        int column = 1;
        int seen = 0;
        for (int i = 0; i < text.length() && seen < index; seen++) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c == '\n') {
                line++;
                column = 1;
            } else {
                column++;
            }
        }
        return new Position(file, line, column);
    }

    private static String hex(int codePoint) {
        return "U+" + Integer.toHexString(0x10000 | codePoint).substring(codePoint > 0xFFFF ? 0 : 1);
    }
}
