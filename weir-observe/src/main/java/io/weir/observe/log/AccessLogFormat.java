package io.weir.observe.log;

import io.weir.core.model.AccessLogSpec.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a line of an access log looks like, compiled. Immutable; any thread; writing allocates nothing once its buffer
 * has grown. Values are made safe: in text, control characters, quotes and backslashes become {@code \xHH}; in JSON
 * they are escaped as RFC 8259 says.
 */
public final class AccessLogFormat {
    /** Envoy's default line. */
    public static final String ENVOY_DEFAULT = "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% "
            + "%PROTOCOL%\" %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% "
            + "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\" "
            + "\"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\"\n";

    /** What compiling came to. */
    public sealed interface Compiled {
        /** It can be used. */
        record Ready(AccessLogFormat format) implements Compiled {
        }

        /** It cannot, and everything that is wrong with it. */
        record Invalid(List<Mistake> mistakes) implements Compiled {
            public Invalid {
                mistakes = List.copyOf(mistakes);
            }

            /** All of it in one line. */
            public String message() {
                return mistakes.stream().map(Mistake::inWords).collect(Collectors.joining("; "));
            }
        }
    }

    /**
     * One thing that is wrong with a format.
     *
     * @param path
     *            where in a JSON format, such as {@code times.end}; empty in a text
     * @param value
     *            what stands there
     * @param message
     *            {@code at character 12: unknown command operator X}
     * @param unknown
     *            the name of an operator that there is not; empty when it is something else
     */
    public record Mistake(String path, String value, String message, String unknown) {
        private String inWords() {
            return path.isEmpty() ? message : path + ": " + message;
        }
    }

    /** Writes one line. */
    private interface Line {
        void write(AccessRecord ended, LogBuffer out);
    }

    private final Line line;

    private AccessLogFormat(Line line) {
        this.line = line;
    }

    /** Compiles what the configuration says. */
    public static Compiled compile(Format format) {
        return compile(format, Surroundings.here());
    }

    /** Compiles a text; it brings its own line end. */
    public static Compiled compile(String text) {
        return compile(new Format.Text(text, false));
    }

    /** Envoy's default. */
    public static AccessLogFormat envoyDefault() {
        return switch (compile(new Format.Default())) {
            case Compiled.Ready ready -> ready.format;
            case Compiled.Invalid invalid -> throw new AssertionError(invalid.message());
        };
    }

    /** Compiles the body of an answer: values stand in a text as they are, and in JSON as ever. */
    public static Compiled compileBody(Format format) {
        if (!(format instanceof Format.Text(String text, boolean omit))) {
            return compile(format);
        }
        List<Mistake> mistakes = new ArrayList<>();
        Line line = new Draft(new Operators(Surroundings.here()), mistakes).text(text, omit, "")::writeRaw;
        return mistakes.isEmpty()
                ? new Compiled.Ready(new AccessLogFormat(line))
                : new Compiled.Invalid(mistakes);
    }

    static Compiled compile(Format format, Surroundings surroundings) {
        List<Mistake> mistakes = new ArrayList<>();
        Draft draft = new Draft(new Operators(surroundings), mistakes);
        Line line = switch (format) {
            case Format.Default() -> draft.text(ENVOY_DEFAULT, false, "")::writeText;
            case Format.Text(String text, boolean omit) -> draft.text(text, omit, "")::writeText;
            case Format.Json(Map<String, Object> fields, boolean omit) -> json(
                    JsonTemplate.compile(fields, draft, omit), omit);
        };
        return mistakes.isEmpty()
                ? new Compiled.Ready(new AccessLogFormat(line))
                : new Compiled.Invalid(mistakes);
    }

    /** The names of all command operators, in order. */
    public static List<String> operators() {
        return new Operators(Surroundings.here()).names();
    }

    private static Line json(JsonTemplate template, boolean omit) {
        return (ended, out) -> {
            if (!template.write(ended, out, omit)) {
                out.append('{').append('}');
            }
            out.append('\n');
        };
    }

    /** Appends the line of what ended. */
    public void write(AccessRecord ended, LogBuffer out) {
        line.write(ended, out);
    }
}
