package io.weir.xds.resource;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a configuration: where, what was written, why it cannot stand, and what to write
 * instead.
 *
 * @param severity
 *            an ERROR rejects the configuration, a WARNING is told
 * @param at
 *            where it was written; null when the resource came over the wire and has no text
 * @param path
 *            the field, in Envoy's names, for example {@code static_resources.clusters[0].name}; empty for the whole
 *            text
 * @param value
 *            what was written there, shortened; empty when nothing was
 * @param message
 *            what is wrong, in plain words, without path and value
 * @param cure
 *            what to do about it; empty when the message says it already
 */
public record Problem(Severity severity, @Nullable Position at, String path, String value, String message,
        String cure) {

    /** Longest {@link #value} that is kept; the rest is cut and marked with dots. */
    public static final int VALUE_LENGTH_MAX = 120;

    public Problem {
        value = shortened(value);
    }

    /** A problem that rejects the configuration. */
    public static Problem error(@Nullable Position at, String path, String value, String message, String cure) {
        return new Problem(Severity.ERROR, at, path, value, message, cure);
    }

    /** A problem that is told, and no more. */
    public static Problem warning(@Nullable Position at, String path, String value, String message, String cure) {
        return new Problem(Severity.WARNING, at, path, value, message, cure);
    }

    /** Whether this rejects the configuration. */
    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /** Whether one of the problems rejects the configuration. */
    public static boolean anyError(List<Problem> problems) {
        for (Problem problem : problems) {
            if (problem.isError()) {
                return true;
            }
        }
        return false;
    }

    /** {@code file:line:column: path: message (value); cure}, with "warning: " before the message of a warning. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(160);
        if (at != null) {
            text.append(at).append(": ");
        }
        if (!path.isEmpty()) {
            text.append(path).append(": ");
        }
        if (severity == Severity.WARNING) {
            text.append("warning: ");
        }
        text.append(message);
        if (!value.isEmpty()) {
            text.append(" (").append(value).append(')');
        }
        if (!cure.isEmpty()) {
            text.append("; ").append(cure);
        }
        return text.toString();
    }

    private static String shortened(String value) {
        int end = Math.min(value.length(), VALUE_LENGTH_MAX);
        boolean cut = end < value.length();
        if (cut && Character.isHighSurrogate(value.charAt(end - 1))) {
            end--;
        }
        StringBuilder text = new StringBuilder(end + 1);
        for (int i = 0; i < end; i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> text.append(Character.isISOControl(c) ? '?' : c);
            }
        }
        return cut ? text.append('…').toString() : text.toString();
    }
}
