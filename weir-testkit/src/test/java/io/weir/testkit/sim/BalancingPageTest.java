package io.weir.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.sim.engine.Result;
import io.weir.testkit.sim.page.Pictures;
import io.weir.testkit.sim.page.TextTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The tables and pictures of {@code docs/balancing.md} are what its scenarios come to. With WEIR_GOLDEN=write in the
 * environment they are written anew.
 */
final class BalancingPageTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Path PAGE = DOCS.resolve("balancing.md");
    private static final Pattern TABLE = Pattern.compile(
            "(weir simulate examples/scenarios/([a-z-]+)\\.yaml)\n\n.*?```",
            Pattern.DOTALL);
    private static final Pattern PICTURE = Pattern
            .compile("\\(balancing/(([a-z-]+)-(latency|load|over-time|ejections|connections)"
                    + "\\.svg)\\)");
    private static final boolean WRITE = "write".equals(System.getenv("WEIR_GOLDEN"));

    private final Map<String, List<Result>> results = new LinkedHashMap<>();

    @Test
    void tablesAndPicturesAreWhatTheScenariosComeTo() throws IOException {
        String page = Files.readString(PAGE);
        String current = TABLE.matcher(page).replaceAll(match -> Matcher.quoteReplacement(match.group(1) + "\n\n"
                + TextTable.of(results(match.group(2))) + "```"));
        List<MatchResult> pictures = PICTURE.matcher(page).results().toList();
        assertThat(results).as("tables").hasSizeGreaterThanOrEqualTo(4);
        assertThat(pictures).as("pictures").hasSizeGreaterThanOrEqualTo(4);
        if (WRITE) {
            Files.createDirectories(DOCS.resolve("balancing"));
            Files.writeString(PAGE, current);
        }
        assertThat(page.equals(current) || WRITE).as("a table of docs/balancing.md is not what its scenario comes to:"
                + " WEIR_GOLDEN=write mvn -pl weir-testkit -am test -Dtest=BalancingPageTest").isTrue();
        for (MatchResult picture : pictures) {
            Path file = DOCS.resolve("balancing").resolve(picture.group(1));
            String drawn = picture(picture.group(3), results(picture.group(2)));
            if (WRITE) {
                Files.writeString(file, drawn);
            }
            assertThat(file).content().as(picture.group(1)).isEqualTo(drawn);
        }
    }

    @Test
    void everyPictureOfTheFolderStandsOnThePage() throws IOException {
        String page = Files.readString(PAGE);
        try (var files = Files.list(DOCS.resolve("balancing"))) {
            assertThat(files.toList()).allSatisfy(file -> assertThat(page).contains("balancing/" + file.getFileName()));
        }
    }

    private List<Result> results(String scenario) {
        return results.computeIfAbsent(scenario, name -> Scenarios.compared(name + ".yaml"));
    }

    private static String picture(String kind, List<Result> results) {
        return switch (kind) {
            case "latency" -> Pictures.latency(results);
            case "load" -> Pictures.load(results);
            case "over-time" -> Pictures.overTime(results);
            case "connections" -> Pictures.connections(results);
            case "ejections" -> Pictures.ejections(results);
            default -> throw new AssertionError(kind);
        };
    }
}
