package io.weir.app.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What the distribution carries of others is listed, and may be carried under Apache-2.0. */
final class LicensesTest {
    private static final List<String> MAY_BE_CARRIED = List.of("Apache", "MIT", "BSD-3-Clause", "BSD-2-Clause",
            "BSD 2-Clause",
            "EPL-2.0",
            "Go License", "CC0", "Public Domain");

    private static final Project PROJECT = new Project();

    @Test
    void theListOfOthersLicencesIsCurrent() {
        Path generated = PROJECT.path("weir-app/target/licenses/THIRD-PARTY.txt");
        assertThat(generated).as("written by the build of weir-app").exists();
        assertThat(entries(PROJECT.path("THIRD-PARTY.txt")))
                .as("THIRD-PARTY.txt; cure: cp weir-app/target/licenses/THIRD-PARTY.txt THIRD-PARTY.txt")
                .containsExactlyElementsOf(entries(generated));
    }

    @Test
    void everyLicenceMayBeCarried() {
        Predicate<String> carried = entry -> MAY_BE_CARRIED.stream().anyMatch(entry::contains);
        assertThat(entries(PROJECT.path("THIRD-PARTY.txt"))).isNotEmpty().allMatch(carried);
    }

    @Test
    void theProjectsOwnLicenceIsApache() {
        assertThat(Files.exists(PROJECT.path("LICENSE"))).isTrue();
        assertThat(Project.lines(PROJECT.path("LICENSE"))).anyMatch(line -> line.contains("Apache License"))
                .anyMatch(line -> line.contains("Version 2.0, January 2004"));
    }

    private static List<String> entries(Path file) {
        return Project.lines(file).stream().map(String::strip).filter(line -> line.startsWith("(")).toList();
    }
}
