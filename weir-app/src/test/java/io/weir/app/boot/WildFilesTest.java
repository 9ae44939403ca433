package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.xds.compile.Compiled;
import io.weir.xds.compile.ConfigFile;
import io.weir.xds.resource.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bootstraps as others write them and the examples, with every extension that Weir has. */
final class WildFilesTest {
    private static final Path TESTED = Path.of("..", "weir-xds", "src", "test", "resources");

    static List<Path> accepted() {
        return Stream.concat(files(TESTED.resolve("wild")), files(Path.of("..", "examples"))).toList();
    }

    static List<Path> refused() {
        return files(TESTED.resolve("wild-refused")).toList();
    }

    @Test
    void thereAreTwentyBootstrapsOfOthers() {
        assertThat(accepted()).hasSizeGreaterThanOrEqualTo(20);
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void aConfigurationIsAcceptedUnchanged(Path file) {
        Compiled compiled = ConfigFile.load(file, Source.extensions());
        List<Problem> problems = compiled instanceof Compiled.Rejected rejected ? rejected.problems() : List.of();
        assertThat(problems).filteredOn(Problem::isError).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void aConfigurationThatAsksForMoreIsRefusedWithPlaceAndCure(Path file) {
        assertThat(ConfigFile.load(file, Source.extensions())).isInstanceOfSatisfying(Compiled.Rejected.class,
                rejected -> assertThat(rejected.problems()).filteredOn(Problem::isError).isNotEmpty()
                        .allSatisfy(problem -> {
                            assertThat(problem.at()).isNotNull();
                            assertThat(problem.cure()).isNotEmpty();
                        }));
    }

    @Test
    void aLogFormatThatCannotBeReadIsRefusedWhereItStands() {
        String text = """
                listen: { on: 127.0.0.1:0, log: { to: stdout, format: "%NO_SUCH_OPERATOR%" }, to: a }
                services: { a: { at: 127.0.0.1:1 } }
                """;
        assertThat(ConfigFile.compile("s.yaml", text, Source.extensions())).isInstanceOfSatisfying(
                Compiled.Rejected.class, rejected -> assertThat(rejected.problems()).filteredOn(Problem::isError)
                        .singleElement().asString().startsWith("s.yaml:1:").contains("NO_SUCH_OPERATOR"));
    }

    private static Stream<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
