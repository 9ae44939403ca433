package io.weir.observe.log;

import io.weir.observe.log.Operators.Unreadable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One command operator by itself, for values that stand elsewhere than in a log: what it writes is raw, and whoever
 * writes it down makes it safe. Immutable; any thread.
 */
public final class CommandOperator {
    private static final Pattern SHAPE = Pattern.compile("([A-Z0-9_]+)(?:\\(([^)]*)\\))?(?::(\\d{1,6}))?");

    /** What came of compiling one. */
    public sealed interface Result {
        /** It can be used. */
        record Ready(CommandOperator operator) implements Result {
        }

        /** There is no such operator. */
        record Unknown() implements Result {
        }

        /** There is, and it is written wrongly. */
        record Unreadable(String message) implements Result {
        }
    }

    /** Made when it is first asked for: it reads the name of the machine. */
    private static final class All {
        static final Operators OPERATORS = new Operators(Surroundings.here());
    }

    private final Operator operator;
    private final int bytesMax;

    private CommandOperator(Operator operator, int bytesMax) {
        this.operator = operator;
        this.bytesMax = bytesMax;
    }

    /**
     * Compiles what stands between two percent signs.
     *
     * @param text
     *            such as {@code REQ(X-A?X-B):20}
     */
    public static Result compile(String text) {
        Matcher shape = SHAPE.matcher(text);
        if (!shape.matches() || !All.OPERATORS.knows(shape.group(1))) {
            return new Result.Unknown();
        }
        try {
            @Nullable
            String length = shape.group(3);
            int max = length == null
                    ? TextTemplate.VALUE_BYTES_MAX
                    : Math.min(TextTemplate.VALUE_BYTES_MAX, Integer.parseInt(length));
            return new Result.Ready(
                    new CommandOperator(All.OPERATORS.find(shape.group(1), shape.group(2)).operator(), max));
        } catch (Unreadable e) {
            return new Result.Unreadable(e.reason());
        }
    }

    /** Appends the value in UTF-8; false, and nothing appended, where there is none. */
    public boolean write(AccessRecord record, LogBuffer out) {
        int from = out.length();
        if (!operator.write(record, out)) {
            out.truncate(from);
            return false;
        }
        out.limit(from, bytesMax);
        return true;
    }
}
