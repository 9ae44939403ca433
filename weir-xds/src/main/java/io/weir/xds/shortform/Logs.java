package io.weir.xds.shortform;

import java.util.List;
import java.util.Set;

import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node.Mapping;
import io.weir.xds.yaml.Node.Scalar;

import org.jspecify.annotations.Nullable;

/** {@code log:} as an access log: off, stdout, stderr, a path, or one of them with a format. */
final class Logs {

    private static final Set<String> OFF = Set.of("off", "false", "no");

    private Logs() {}

    /** The access logs that a part asks for; none when it is "off". */
    static List<Mapping> read(@Nullable Part part) {
        return read(part, null);
    }

    /**
     * The same.
     *
     * @param line
     *            the format where none is written; null: Envoy's
     */
    static List<Mapping> read(@Nullable Part part, @Nullable String line) {
        if (part == null) {
            return List.of();
        }
        if (part.node() instanceof Mapping) {
            part.isMapping("log", List.of("to", "format"));
            Part to = part.part("to");
            if (to == null) {
                part.problem("nothing says where the log goes", "add to: stdout, to: stderr or to: /path/of/a/file");
                return List.of();
            }
            Part format = part.part("format");
            return log(to, format == null ? line(to, line) : format);
        }
        return log(part, line(part, line));
    }

    private static @Nullable Part line(Part to, @Nullable String line) {
        return line == null ? null : new Part(Tree.text(to.at(), line), to.path(), to.problems());
    }

    private static List<Mapping> log(Part to, @Nullable Part format) {
        String text = to.text();
        if (text == null || OFF.contains(text)) {
            return List.of();
        }
        Position at = to.at();
        return switch (text) {
            case "stdout" -> List.of(stream(at, "envoy.access_loggers.stdout", "StdoutAccessLog", format));
            case "stderr" -> List.of(stream(at, "envoy.access_loggers.stderr", "StderrAccessLog", format));
            default -> {
                if (!text.contains("/")) {
                    to.problem("a log goes to stdout, to stderr or to a file",
                            "write the path of a file, such as ./" + text);
                    yield List.of();
                }
                Tree config = Tree.typed(at, "envoy.extensions.access_loggers.file.v3.FileAccessLog").put("path",
                        to.node());
                yield List.of(Tree.extension(at, "envoy.access_loggers.file", format(config, format)));
            }
        };
    }

    private static Mapping stream(Position at, String name, String type, @Nullable Part format) {
        return Tree.extension(at, name,
                format(Tree.typed(at, "envoy.extensions.access_loggers.stream.v3." + type), format));
    }

    private static Tree format(Tree config, @Nullable Part format) {
        if (format == null) {
            return config;
        }
        Tree tree = new Tree(format.at());
        if (format.node() instanceof Scalar scalar) {
            String line = scalar.text().endsWith("\n") ? scalar.text() : scalar.text() + "\n";
            tree.put("text_format_source", new Tree(format.at()).put("inline_string", line));
        } else {
            tree.put("json_format", format.node());
        }
        return config.put("log_format", tree);
    }
}
