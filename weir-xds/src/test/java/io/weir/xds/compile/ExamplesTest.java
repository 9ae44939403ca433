package io.weir.xds.compile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.weir.xds.resource.Problem;
import io.weir.xds.shortform.ShortForm;
import io.weir.xds.yaml.ConfigText;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.ProtoPrinter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The files of {@code examples/}, and what each expands to. With WEIR_GOLDEN=write in the environment the expansions
 * are written anew.
 */
class ExamplesTest {

    private static final Path EXAMPLES = Path.of("..", "examples");
    private static final Extensions EXTENSIONS = StandIns.extensions();

    static List<Path> examples() {
        return yaml(EXAMPLES);
    }

    static List<Path> yaml(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Bootstrap message(Path file) {
        ConfigFile.Loaded loaded = ConfigFile.read(file, EXTENSIONS);
        assertThat(loaded.problems()).as("problems of %s", file).filteredOn(Problem::isError).isEmpty();
        return Objects.requireNonNull(loaded.bootstrap());
    }

    @Test
    void thereAreEnoughExamples() {
        assertThat(examples()).hasSizeGreaterThanOrEqualTo(7);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleCompilesWithoutAWarning(Path file) {
        assertThat(ConfigFile.load(file, EXTENSIONS)).isInstanceOfSatisfying(Compiled.Accepted.class,
                accepted -> assertThat(accepted.warnings()).isEmpty());
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleExpandsToItsGoldenFile(Path file) throws IOException {
        String expanded = ProtoPrinter.of(EXTENSIONS.messageTypes()).yaml(message(file));
        Path golden = EXAMPLES.resolve("expanded").resolve(file.getFileName());
        if ("write".equals(System.getenv("WEIR_GOLDEN"))) {
            Files.writeString(golden, expanded);
        }
        assertThat(expanded).isEqualTo(Files.readString(golden));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void whatAnExampleExpandsToLoadsAsTheSameMessage(Path file) {
        Bootstrap bootstrap = message(file);
        String expanded = ProtoPrinter.of(EXTENSIONS.messageTypes()).yaml(bootstrap);
        ConfigFile.Loaded again = ConfigFile.read("expanded.yaml", expanded, EXTENSIONS);
        assertThat(again.problems()).isEmpty();
        assertThat(again.bootstrap()).isEqualTo(bootstrap);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleInTheShortFormFollowsTheSchema(Path file) throws IOException {
        Node root = Objects.requireNonNull(ConfigText.parse(file.toString(), Files.readString(file)).root());
        if (ShortForm.isShort(root)) {
            assertThat(Schema.load(Path.of("..", "schema", "weir.schema.json")).complaints(root)).isEmpty();
        }
    }
}
