package io.weir.core.model;

import io.weir.core.value.MetadataTest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One access log as configured: where it goes, what a line looks like, which requests it shows. Immutable; any thread.
 *
 * @param filter
 *            null: every request
 */
public record AccessLogSpec(Sink sink, Format format, @Nullable Filter filter) {

    /** Where lines go. */
    public sealed interface Sink {
        /** Appended to a file. */
        record File(String path) implements Sink {
        }

        /** Standard output. */
        record Stdout() implements Sink {
        }

        /** Standard error. */
        record Stderr() implements Sink {
        }
    }

    /** What a line looks like. */
    public sealed interface Format {
        /** Envoy's default line. */
        record Default() implements Format {
        }

        /** A text with command operators; brings its own line end. Absent values print "-", or nothing if asked. */
        record Text(String format, boolean omitEmptyValues) implements Format {
        }

        /**
         * One JSON object a line. Values are formats (String), nested maps, lists, or numbers, booleans and
         * {@link Nothing} as they are.
         */
        record Json(Map<String, Object> fields, boolean omitEmptyValues) implements Format {
        }
    }

    /** JSON's null in a {@link Format.Json}. */
    public record Nothing() {
    }

    /** Which requests are shown. */
    public sealed interface Filter {
        /** The status compared with a number. */
        record Status(Comparison comparison, int status) implements Filter {
        }

        /** The whole duration compared with a number of milliseconds. */
        record Duration(Comparison comparison, long millis) implements Filter {
        }

        /** Any of these response flags by short name ("UF"); of none named, any flag at all. */
        record Flags(Set<String> flags) implements Filter {
        }

        /** What filters have said of the request; where they have said nothing there, {@code otherwise} holds. */
        record Metadata(MetadataTest test, boolean otherwise) implements Filter {
        }

        /** All of these. */
        record And(List<Filter> filters) implements Filter {
        }

        /** Any of these. */
        record Or(List<Filter> filters) implements Filter {
        }
    }

    /** How a {@link Filter} compares: what was measured OP the number. */
    public enum Comparison {
        /** Equal. */
        EQ,
        /** At least. */
        GE,
        /** At most. */
        LE,
        /** Not equal. */
        NE
    }
}
