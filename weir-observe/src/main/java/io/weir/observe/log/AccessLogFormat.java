package io.weir.observe.log;

import io.weir.core.model.AccessLogSpec.Format;
import io.weir.observe.log.Operators.Unreadable;
import java.util.Map;

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

        /** It cannot, and why: {@code at character 12: unknown command operator X}. */
        record Invalid(String message) implements Compiled {
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
            case Compiled.Invalid invalid -> throw new AssertionError(invalid.message);
        };
    }

    static Compiled compile(Format format, Surroundings surroundings) {
        Operators operators = new Operators(surroundings);
        try {
            return new Compiled.Ready(new AccessLogFormat(switch (format) {
                case Format.Default() -> TextTemplate.compile(ENVOY_DEFAULT, operators, false)::writeText;
                case Format.Text(String text, boolean omit) -> TextTemplate.compile(text, operators, omit)::writeText;
                case Format.Json(Map<String, Object> fields, boolean omit) -> json(
                        JsonTemplate.compile(fields, operators, omit), omit);
            }));
        } catch (Unreadable e) {
            return new Compiled.Invalid(e.reason());
        }
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
