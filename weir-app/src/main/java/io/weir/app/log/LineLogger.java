package io.weir.app.log;

import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/**
 * Writes {@code 2026-11-23T15:00:00.123Z INFO  boot: message}, then the stack of an exception. One write a line, so
 * that lines of several threads do not mix. Control characters in a message are shown as escapes: names in it may come
 * from peers.
 */
final class LineLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1L;

    private final transient LogLevels levels;
    private final transient PrintStream out;
    private transient int seen = -1;
    private transient int threshold;

    LineLogger(String name, LogLevels levels, PrintStream out) {
        this.name = name;
        this.levels = levels;
        this.out = out;
    }

    private boolean passes(Level level) {
        int now = levels.generation();
        if (seen != now) {
            threshold = levels.threshold(name);
            seen = now;
        }
        return level.toInt() >= threshold;
    }

    @Override
    public boolean isTraceEnabled() {
        return passes(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return passes(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return passes(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return passes(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return passes(Level.ERROR);
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(Level level, @Nullable Marker marker, @Nullable String pattern,
            Object @Nullable [] arguments, @Nullable Throwable thrown) {
        StringBuilder line = new StringBuilder(160);
        line.append(Instant.now().truncatedTo(ChronoUnit.MILLIS)).append(' ').append(level);
        line.append(level.name().length() == 4 ? "  " : " ").append(name, name.lastIndexOf('.') + 1, name.length());
        line.append(": ");
        String message = MessageFormatter.basicArrayFormat(pattern, arguments);
        appendShown(line, message == null ? "null" : message);
        line.append('\n');
        if (thrown != null) {
            java.io.StringWriter stack = new java.io.StringWriter();
            thrown.printStackTrace(new java.io.PrintWriter(stack));
            line.append(stack);
        }
        out.print(line);
        out.flush();
    }

    private static void appendShown(StringBuilder line, String message) {
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            if (c >= 0x20 && c != 0x7f) {
                line.append(c);
            } else {
                line.append("\\x").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            }
        }
    }
}
