package io.weir.xds.compile;

import java.util.ArrayList;
import java.util.List;

import com.google.protobuf.Struct;

import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StderrAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import io.weir.xds.spec.FormatMistake;
import io.weir.core.model.AccessLogSpec;
import io.weir.core.model.AccessLogSpec.Format;
import io.weir.core.model.AccessLogSpec.Sink;

import org.jspecify.annotations.Nullable;

/** Reads access logs: to a file, to standard output, to standard error. */
final class AccessLoggers {

    private AccessLoggers() {}

    static List<ExtensionReader<?, ?>> readers() {
        return List.of(new ToFile(), new ToStdout(), new ToStderr());
    }

    /** A list of access logs; those with problems are left out. */
    static List<AccessLogSpec> read(ReadContext context, String list, List<AccessLog> messages) {
        var specs = new ArrayList<AccessLogSpec>();
        for (int i = 0; i < messages.size(); i++) {
            AccessLogSpec spec = read(context.at(list, i), messages.get(i));
            if (spec != null) {
                specs.add(spec);
            }
        }
        return specs;
    }

    private static @Nullable AccessLogSpec read(ReadContext context, AccessLog message) {
        AccessLogSpec logger = context.extension("typed_config", message.getTypedConfig(), AccessLogSpec.class);
        AccessLogSpec.Filter filter = message.hasFilter()
                ? AccessLogFilters.read(context.at("filter"), message.getFilter())
                : null;
        if (logger == null) {
            return null;
        }
        return new AccessLogSpec(logger.sink(), logger.format(), filter);
    }

    private record ToFile() implements ExtensionReader<FileAccessLog, AccessLogSpec> {

        @Override
        public FileAccessLog prototype() {
            return FileAccessLog.getDefaultInstance();
        }

        @Override
        public Class<AccessLogSpec> kind() {
            return AccessLogSpec.class;
        }

        @SuppressWarnings("deprecation") // the older ways to write a format are still what many files use
        @Override
        public @Nullable AccessLogSpec read(FileAccessLog config, ReadContext context) {
            Format format = switch (config.getAccessLogFormatCase()) {
                case FORMAT -> text(context, "format", config.getFormat(), false);
                case JSON_FORMAT -> json(context, "json_format", config.getJsonFormat(), false);
                case TYPED_JSON_FORMAT -> json(context, "typed_json_format", config.getTypedJsonFormat(), false);
                case LOG_FORMAT -> lines(context.at("log_format"), config.getLogFormat());
                case ACCESSLOGFORMAT_NOT_SET -> new Format.Default();
            };
            return new AccessLogSpec(sink(config.getPath()), format, null);
        }
    }

    private record ToStdout() implements ExtensionReader<StdoutAccessLog, AccessLogSpec> {

        @Override
        public StdoutAccessLog prototype() {
            return StdoutAccessLog.getDefaultInstance();
        }

        @Override
        public Class<AccessLogSpec> kind() {
            return AccessLogSpec.class;
        }

        @Override
        public @Nullable AccessLogSpec read(StdoutAccessLog config, ReadContext context) {
            return new AccessLogSpec(new Sink.Stdout(), config.hasLogFormat()
                    ? lines(context.at("log_format"), config.getLogFormat())
                    : new Format.Default(), null);
        }
    }

    private record ToStderr() implements ExtensionReader<StderrAccessLog, AccessLogSpec> {

        @Override
        public StderrAccessLog prototype() {
            return StderrAccessLog.getDefaultInstance();
        }

        @Override
        public Class<AccessLogSpec> kind() {
            return AccessLogSpec.class;
        }

        @Override
        public @Nullable AccessLogSpec read(StderrAccessLog config, ReadContext context) {
            return new AccessLogSpec(new Sink.Stderr(), config.hasLogFormat()
                    ? lines(context.at("log_format"), config.getLogFormat())
                    : new Format.Default(), null);
        }
    }

    /** The sink of a path; the standard streams go by their own sinks, so that a pipe at the other end works too. */
    static Sink sink(String path) {
        return switch (path) {
            case "/dev/stdout" -> new Sink.Stdout();
            case "/dev/stderr" -> new Sink.Stderr();
            default -> new Sink.File(path);
        };
    }

    private static Format lines(ReadContext context, SubstitutionFormatString message) {
        if (!message.getContentType().isEmpty()) {
            context.warning("content_type", message.getContentType(), "a log has no content type", "remove it");
        }
        return format(context, message);
    }

    @SuppressWarnings("deprecation") // text_format is still what many files use
    static Format format(ReadContext context, SubstitutionFormatString message) {
        boolean omitEmpty = message.getOmitEmptyValues();
        return switch (message.getFormatCase()) {
            case TEXT_FORMAT -> text(context, "text_format", message.getTextFormat(), omitEmpty);
            case TEXT_FORMAT_SOURCE -> text(context, "text_format_source",
                    inline(context.at("text_format_source"), message.getTextFormatSource()), omitEmpty);
            case JSON_FORMAT -> json(context, "json_format", message.getJsonFormat(), omitEmpty);
            case FORMAT_NOT_SET -> new Format.Default(); // a rule of the API says that it is required
        };
    }

    private static String inline(ReadContext context, DataSource source) {
        return switch (source.getSpecifierCase()) {
            case INLINE_STRING -> source.getInlineString();
            case INLINE_BYTES -> source.getInlineBytes().toStringUtf8();
            case FILENAME, ENVIRONMENT_VARIABLE -> {
                context.problem("", "", "Weir takes log formats from the configuration itself only",
                        "write inline_string with the format");
                yield "";
            }
            case SPECIFIER_NOT_SET -> ""; // a rule of the API says that it is required
        };
    }

    private static Format text(ReadContext context, String field, String format, boolean omitEmpty) {
        return format.isEmpty()
                ? new Format.Default()
                : checked(context, field, new Format.Text(format, omitEmpty));
    }

    private static Format json(ReadContext context, String field, Struct struct, boolean omitEmpty) {
        return checked(context, field, new Format.Json(Plain.map(struct, new AccessLogSpec.Nothing()), omitEmpty));
    }

    private static Format checked(ReadContext context, String field, Format format) {
        for (FormatMistake mistake : context.findings().extensions().formatMistakes(format)) {
            context.problem(mistake.path().isEmpty() ? field : field + '.' + mistake.path(), mistake.value(),
                    mistake.message(), mistake.cure());
        }
        return format;
    }
}
