package io.weir.app.boot;

import io.weir.app.follow.FileFollower;
import io.weir.core.model.AccessLogSpec;
import io.weir.filters.FilterExtensions;
import io.weir.http.config.HttpExtensions;
import io.weir.observe.log.AccessLogFormat;
import io.weir.stream.tcp.TcpProxyReader;
import io.weir.xds.compile.Compiled;
import io.weir.xds.compile.ConfigFile;
import io.weir.xds.compile.ConfigPrinter;
import io.weir.xds.compile.Extensions;
import io.weir.xds.introduce.IntroductionReader;
import io.weir.xds.listen.ListenerFilters;
import io.weir.xds.overload.OverloadReaders;
import io.weir.xds.resource.Nearest;
import io.weir.xds.resource.Position;
import io.weir.xds.resource.Problem;
import io.weir.xds.spec.FormatMistake;
import io.weir.xds.spec.Interception;
import io.weir.xds.tls.TlsReaders;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where the configuration comes from: a file, or a text that was made up. Any thread. */
public final class Source {
    private final String name;
    private final @Nullable FileFollower follower;
    private final @Nullable String text;

    private Source(String name, @Nullable FileFollower follower, @Nullable String text) {
        this.name = name;
        this.follower = follower;
        this.text = text;
    }

    /**
     * What a configuration stands for.
     *
     * @param text
     *            as YAML; empty when there are errors
     */
    public record Expansion(String text, List<Problem> problems) {
        public Expansion {
            problems = List.copyOf(problems);
        }
    }

    /**
     * Which connections a configuration wants to have brought to it.
     *
     * @param interception
     *            null when it is no sidecar's, or there are errors
     */
    public record Sidecar(@Nullable Interception interception, List<Problem> problems) {
        public Sidecar {
            problems = List.copyOf(problems);
        }
    }

    /** A file, read when it is loaded. */
    public static Source file(Path file) {
        return new Source(file.toString(), new FileFollower(file), null);
    }

    /** A text, with what it is called in problems. */
    public static Source text(String name, String text) {
        return new Source(name, null, text);
    }

    /** What it is called. */
    public String name() {
        return name;
    }

    /** Reads and compiles. The follower then tells of what changes from now on. */
    public Compiled load() {
        if (follower != null) {
            follower.read();
        }
        return text == null
                ? ConfigFile.load(Path.of(name), extensions())
                : ConfigFile.compile(name, text, extensions());
    }

    /** Every problem, warnings too. */
    public List<Problem> problems() {
        return switch (load()) {
            case Compiled.Accepted accepted -> accepted.warnings();
            case Compiled.Rejected rejected -> rejected.problems();
        };
    }

    /**
     * What the configuration stands for.
     *
     * @param defaults
     *            whether what is not written is told too
     */
    public Expansion expand(boolean defaults) {
        ConfigFile.Loaded loaded = read();
        if (Problem.anyError(loaded.problems())) {
            return new Expansion("", loaded.problems());
        }
        return new Expansion(defaults
                ? ConfigPrinter.yamlWithDefaults(loaded, extensions())
                : ConfigPrinter.yaml(loaded, extensions()), loaded.problems());
    }

    /** Which connections the configuration wants to have, as a sidecar. */
    public Sidecar sidecar() {
        ConfigFile.Loaded loaded = read();
        boolean wrong = Problem.anyError(loaded.problems());
        return new Sidecar(wrong ? null : loaded.interception(), wrong ? problems() : loaded.problems());
    }

    /** Where a field was written; null when nobody knows. Reads the source again: for the way out of a failed start. */
    @Nullable
    Position position(String path) {
        return read().positions().at(path);
    }

    private ConfigFile.Loaded read() {
        return text == null
                ? ConfigFile.read(Path.of(name), extensions())
                : ConfigFile.read(name, text, extensions());
    }

    /** Tells of changes of the file that nobody has loaded; empty when there is none. */
    public Optional<FileFollower> follower() {
        return Optional.ofNullable(follower);
    }

    /** Everything that this Weir can be configured to do. */
    static Extensions extensions() {
        Extensions below = OverloadReaders
                .addTo(ListenerFilters.addTo(IntroductionReader.addTo(TlsReaders.addTo(Extensions.basic()))));
        return TcpProxyReader.addTo(FilterExtensions.addTo(HttpExtensions.addTo(below)))
                .withFormatCheck(Source::formatMistakes);
    }

    private static List<FormatMistake> formatMistakes(AccessLogSpec.Format format) {
        return switch (AccessLogFormat.compile(format)) {
            case AccessLogFormat.Compiled.Ready _ -> List.of();
            case AccessLogFormat.Compiled.Invalid(List<AccessLogFormat.Mistake> mistakes) -> mistakes.stream()
                    .map(each -> new FormatMistake(each.path(), each.value(), each.message(), cure(each.unknown())))
                    .toList();
        };
    }

    private static String cure(String unknownOperator) {
        List<String> operators = AccessLogFormat.operators();
        return unknownOperator.isEmpty()
                ? "write it as the message says, or remove it"
                : Nearest.cure(unknownOperator, operators, "write one of: " + String.join(", ", operators));
    }
}
