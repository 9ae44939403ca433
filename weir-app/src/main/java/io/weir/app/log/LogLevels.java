package io.weir.app.log;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.event.Level;

/**
 * Which level each logger has: one for all, and exceptions by name. Any thread may read and change them; a change is
 * seen by the next line. Names are those of packages and classes, a shorter name stands for all below it.
 */
public final class LogLevels {
    /** The process's levels; a log is one to a process, as its standard error is. */
    public static final LogLevels PROCESS = new LogLevels();

    /** How many names may have a level of their own; more are refused, so that the admin cannot fill memory. */
    static final int EXCEPTIONS_MAX = 256;

    private final Map<String, Integer> exceptions = new ConcurrentHashMap<>();
    private volatile int all = Level.INFO.toInt();
    private final AtomicInteger generation = new AtomicInteger();

    LogLevels() {}

    /** The words that a level may have, as Envoy's admin spells them, quietest last. */
    public static List<String> words() {
        return List.of("trace", "debug", "info", "warning", "error", "critical", "off");
    }

    /** Sets the level of every logger, and forgets exceptions. False when the word is none of {@link #words()}. */
    public boolean all(String word) {
        int level = number(word);
        if (level < 0) {
            return false;
        }
        exceptions.clear();
        all = level;
        generation.incrementAndGet();
        return true;
    }

    /**
     * Sets the level of one name and those below it. False when the word is unknown or there are too many exceptions.
     */
    public boolean of(String name, String word) {
        int level = number(word);
        if (level < 0 || (exceptions.size() >= EXCEPTIONS_MAX && !exceptions.containsKey(name))) {
            return false;
        }
        exceptions.put(name, level);
        generation.incrementAndGet();
        return true;
    }

    /** The levels that hold now: the general one under {@code *}, then the exceptions by name. */
    public Map<String, String> shown() {
        Map<String, String> shown = new TreeMap<>();
        shown.put("*", word(all));
        exceptions.forEach((name, level) -> shown.put(name, word(level)));
        return shown;
    }

    int generation() {
        return generation.get();
    }

    int threshold(String name) {
        String at = name;
        while (!exceptions.isEmpty()) {
            Integer level = exceptions.get(at);
            if (level != null) {
                return level;
            }
            int dot = at.lastIndexOf('.');
            if (dot < 0) {
                break;
            }
            at = at.substring(0, dot);
        }
        return all;
    }

    private static int number(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "trace" -> Level.TRACE.toInt();
            case "debug" -> Level.DEBUG.toInt();
            case "info" -> Level.INFO.toInt();
            case "warning", "warn" -> Level.WARN.toInt();
            case "error", "critical" -> Level.ERROR.toInt();
            case "off" -> Integer.MAX_VALUE;
            default -> -1;
        };
    }

    private static String word(int level) {
        return switch (level) {
            case 0 -> "trace";
            case 10 -> "debug";
            case 20 -> "info";
            case 30 -> "warning";
            case 40 -> "error";
            default -> "off";
        };
    }
}
