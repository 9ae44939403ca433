package io.weir.observe.log;

import io.weir.observe.log.Operator.Kind;
import io.weir.observe.log.Operator.Typed;
import io.weir.observe.log.Operators.Unreadable;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * {@code PATH}, {@code QUERY_PARAM} and {@code QUERY_PARAMS}: parts of the request's target, as they came, nothing
 * decoded.
 */
final class RequestPath {
    private static final String ORIGINAL = "x-envoy-original-path";

    private RequestPath() {}

    /**
     * {@code PATH(WQ|NQ:ORIG|PATH|ORIG_OR_PATH)}: with or without query; Envoy's default is {@code WQ:ORIG_OR_PATH}.
     */
    static Typed path(@Nullable String argument) throws Unreadable {
        String[] parts = argument == null ? new String[0] : argument.split(":", -1);
        String query = parts.length > 0 ? parts[0] : "WQ";
        String which = parts.length > 1 ? parts[1] : "ORIG_OR_PATH";
        boolean known = parts.length <= 2 && (query.equals("WQ") || query.equals("NQ"))
                && (which.equals("ORIG") || which.equals("PATH") || which.equals("ORIG_OR_PATH"));
        if (!known) {
            throw new Unreadable("PATH takes WQ or NQ, then ORIG, PATH or ORIG_OR_PATH: %PATH(NQ:ORIG)%");
        }
        boolean original = !which.equals("PATH");
        boolean current = !which.equals("ORIG");
        boolean cut = query.equals("NQ");
        return new Typed(Kind.STRING, (ended, out) -> {
            int from = out.length();
            boolean found = (original && ended.requestHeader(ORIGINAL, out))
                    || (current && ended.requestHeader(":path", out));
            int mark = question(out, from);
            if (cut && mark >= 0) {
                out.truncate(mark);
            }
            return found;
        });
    }

    /** {@code QUERY_PARAMS}: all behind the question mark. */
    static Typed query(@Nullable String argument) throws Unreadable {
        if (argument != null) {
            throw new Unreadable("QUERY_PARAMS takes nothing in parentheses");
        }
        return new Typed(Kind.STRING, (ended, out) -> {
            int from = out.length();
            ended.requestHeader(":path", out);
            int mark = question(out, from);
            return mark >= 0 && keep(out, from, mark + 1, out.length());
        });
    }

    /** {@code QUERY_PARAM(NAME)}: the value of the first parameter of this name. */
    static Typed parameter(@Nullable String argument) throws Unreadable {
        if (argument == null || argument.isEmpty()) {
            throw new Unreadable("QUERY_PARAM needs the name of a parameter: %QUERY_PARAM(NAME)%");
        }
        byte[] name = (argument + "=").getBytes(StandardCharsets.UTF_8);
        return new Typed(Kind.STRING, (ended, out) -> {
            int from = out.length();
            ended.requestHeader(":path", out);
            int at = question(out, from);
            while (at >= 0 && at < out.length()) {
                int end = at + 1;
                while (end < out.length() && out.bytes()[end] != '&') {
                    end++;
                }
                if (begins(out, at + 1, end, name)) {
                    return keep(out, from, at + 1 + name.length, end);
                }
                at = end;
            }
            return false;
        });
    }

    private static boolean begins(LogBuffer out, int from, int to, byte[] name) {
        if (to - from < name.length) {
            return false;
        }
        int same = 0;
        while (same < name.length && out.bytes()[from + same] == name[same]) {
            same++;
        }
        return same == name.length;
    }

    private static int question(LogBuffer out, int from) {
        for (int i = from; i < out.length(); i++) {
            if (out.bytes()[i] == '?') {
                return i;
            }
        }
        return -1;
    }

    /** Leaves of what was appended since {@code from} only the bytes from {@code start} to {@code end}. */
    private static boolean keep(LogBuffer out, int from, int start, int end) {
        System.arraycopy(out.bytes(), start, out.bytes(), from, end - start);
        out.truncate(from + end - start);
        return end > start;
    }
}
