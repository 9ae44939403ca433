package io.weir.app.log;

import java.text.MessageFormat;
import java.util.Arrays;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the JDK finds when it looks for a log of its own ({@link System.Logger}): Weir's. It must also find one early:
 * with none to be found it opens every jar, which takes a tenth of the time that a start may take.
 */
public final class PlatformLoggers extends System.LoggerFinder {
    /** For the service loader. */
    public PlatformLoggers() {}

    @Override
    public System.Logger getLogger(String name, Module module) {
        return of(LoggerFactory.getLogger(name));
    }

    static System.Logger of(Logger log) {
        return new PlatformLogger(log);
    }

    private record PlatformLogger(Logger log) implements System.Logger {
        @Override
        public String getName() {
            return log.getName();
        }

        @Override
        public boolean isLoggable(Level level) {
            return level != Level.OFF && log.isEnabledForLevel(own(level));
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String message,
                @Nullable Throwable thrown) {
            if (isLoggable(level)) {
                log.atLevel(own(level)).setCause(thrown).log(text(bundle, message));
            }
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String format,
                Object @Nullable... parameters) {
            if (isLoggable(level)) {
                String pattern = text(bundle, format);
                boolean plain = parameters == null || parameters.length == 0;
                log.atLevel(own(level)).log(plain ? pattern : filled(pattern, parameters));
            }
        }

        /** A line that is badly written is still a line, and who writes it must not fail of it. */
        private static String filled(String pattern, Object @Nullable [] parameters) {
            try {
                return MessageFormat.format(pattern, parameters);
            } catch (IllegalArgumentException e) {
                return pattern + " " + Arrays.toString(parameters);
            }
        }

        private static String text(@Nullable ResourceBundle bundle, @Nullable String message) {
            if (message == null) {
                return "null";
            }
            return bundle != null && bundle.containsKey(message) ? bundle.getString(message) : message;
        }

        private static org.slf4j.event.Level own(Level level) {
            return switch (level) {
                case ALL, TRACE -> org.slf4j.event.Level.TRACE;
                case DEBUG -> org.slf4j.event.Level.DEBUG;
                case INFO -> org.slf4j.event.Level.INFO;
                case WARNING -> org.slf4j.event.Level.WARN;
                case ERROR, OFF -> org.slf4j.event.Level.ERROR;
            };
        }
    }
}
