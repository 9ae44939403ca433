package io.weir.xds.compile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.weir.xds.resource.Problem;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bootstraps as others write them: what must run unchanged, and what must be refused with every reason. */
class WildFilesTest {

    private static final Path WILD = Path.of("src", "test", "resources", "wild");
    private static final Path REFUSED = Path.of("src", "test", "resources", "wild-refused");
    private static final String EXPECT = "# expect: ";

    static List<Path> wild() {
        return files(WILD);
    }

    static List<Path> refused() {
        return files(REFUSED);
    }

    @Test
    void thereAreTwentyOfThem() {
        assertThat(wild()).hasSizeGreaterThanOrEqualTo(20);
    }

    @ParameterizedTest
    @MethodSource("wild")
    void aBootstrapOfOthersCompilesUnchanged(Path file) {
        Compiled compiled = ConfigFile.load(file, StandIns.extensions());
        assertThat(compiled).as("%s: %s", file, compiled).isInstanceOf(Compiled.Accepted.class);
    }

    @ParameterizedTest
    @MethodSource("wild")
    void everyWarningSaysWhereAndWhat(Path file) {
        if (ConfigFile.load(file, StandIns.extensions()) instanceof Compiled.Accepted accepted) {
            assertThat(accepted.warnings()).allSatisfy(warning -> {
                assertThat(warning.at()).isNotNull();
                assertThat(warning.path()).isNotEmpty();
                assertThat(warning.message()).isNotEmpty();
            });
        }
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatCannotRunIsRefusedWithEveryReasonAndNoOther(Path file) throws IOException {
        List<String> expected = Files.readAllLines(file).stream().filter(line -> line.startsWith(EXPECT))
                .map(line -> line.substring(EXPECT.length())).toList();
        Compiled compiled = ConfigFile.load(file, StandIns.extensions());
        assertThat(compiled).isInstanceOf(Compiled.Rejected.class);
        List<Problem> errors = ((Compiled.Rejected) compiled).problems().stream().filter(Problem::isError).toList();
        assertThat(expected).isNotEmpty().allSatisfy(
                reason -> assertThat(errors).as("a problem with: %s", reason)
                        .anyMatch(problem -> problem.toString().contains(reason)));
        assertThat(errors).allSatisfy(problem -> {
            assertThat(expected).as("the problem is expected: %s", problem).anyMatch(problem.toString()::contains);
            assertThat(problem.at()).isNotNull();
            assertThat(problem.cure()).as("a cure for %s", problem).isNotEmpty();
        });
        assertThat(errors).hasSameSizeAs(expected);
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
