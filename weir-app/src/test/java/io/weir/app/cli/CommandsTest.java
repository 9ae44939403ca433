package io.weir.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.Version;
import io.weir.app.dist.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
    private static final String QUICKSTART = SourceTree.root().resolve("examples/quickstart.yaml").toString();

    @TempDir
    private Path folder = Path.of("");

    @Test
    void helpNamesEveryCommandAndEveryExitCode() {
        Cli help = Cli.weir("--help");
        assertThat(help.status()).isZero();
        assertThat(help.out())
                .contains("run ", "check ", "expand ", "proxy ", "sidecar ", "simulate ", "version ", "completion ",
                        "Exit codes",
                        "0 ", "1 ", "2 ", "3 ")
                .doesNotContain("rehearse");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "check", "expand", "proxy", "sidecar", "simulate", "version", "completion"})
    void everyCommandHasHelp(String command) {
        Cli help = Cli.weir(command, "--help");
        assertThat(help.status()).isZero();
        assertThat(help.out()).startsWith("Usage: weir " + command);
    }

    static Stream<List<String>> misunderstood() {
        return Stream.of(List.of(), List.of("walk"), List.of("run"), List.of("run", "a.yaml", "--loud"),
                List.of("run", "a.yaml", "--concurrency", "0"), List.of("run", "a.yaml", "--concurrency", "two"),
                List.of("run", "a.yaml", "--mode", "maybe"), List.of("run", "a.yaml", "--drain-time-s", "-1"),
                List.of("run", "a.yaml", "--log-level", "loud"), List.of("check"),
                List.of("simulate"), List.of("simulate", "a.yaml", "--seed", "luck"),
                List.of("proxy", "--from", ":8080"), List.of("proxy", "--from", ":x", "--to", "http://a:1"),
                List.of("proxy", "--from", ":8080", "--to", "ftp://a:1"),
                List.of("proxy", "--from", ":8080", "--to", "http://a:1,tcp://b:2"),
                List.of("proxy", "--from", ":8080", "--to", "tcp://a"),
                List.of("proxy", "--from", ":8080", "--to", "http://a:1/path"),
                List.of("proxy", "--from", ":8080", "--to", "http://a:1", "--balance", "luck"));
    }

    @ParameterizedTest
    @MethodSource("misunderstood")
    void whatIsNotUnderstoodIsToldWithExitCode2(List<String> arguments) {
        Cli result = Cli.weir(arguments.toArray(new String[0]));
        assertThat(result.status()).as(result.err()).isEqualTo(2);
        assertThat(result.err()).containsAnyOf("Usage: weir", "Possible solutions");
    }

    @Test
    void theRulesOfASidecarArePrintedAndNoneIsSet() throws IOException {
        Path file = Files.writeString(folder.resolve("s.yaml"),
                "sidecar: { mtls: disable, intercept: tproxy, exclude: { users: [root] } }\n");
        Cli rules = Cli.weir("sidecar", "rules", file.toString());
        assertThat(rules.status()).as(rules.err()).isZero();
        assertThat(rules.out()).startsWith("# and: ip -4 rule add fwmark").contains("table inet weir_sidecar {",
                "meta skuid \"root\" return", "redirect to :15001", "tproxy to :15006");
    }

    @Test
    void withoutASidecarInItAConfigurationIsNotRunAsOne() throws IOException {
        Path wrong = Files.writeString(folder.resolve("s.yaml"), "sidecar: { mtls: strict }\n");
        for (String command : List.of("run", "rules")) {
            Cli other = Cli.weir("sidecar", command, QUICKSTART);
            assertThat(other.status()).isEqualTo(1);
            assertThat(other.err()).contains("has no sidecar", "docs/sidecar.md");
            Cli refused = Cli.weir("sidecar", command, wrong.toString());
            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.err()).contains("s.yaml:1:10: sidecar: mutual TLS needs a certificate");
        }
        assertThat(Cli.weir("sidecar").status()).isEqualTo(2);
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        assertThat(Cli.weir("version").out()).startsWith("weir " + Version.text() + "\n").contains("java 25");
        assertThat(Cli.weir("version", "--short").out()).isEqualTo(Version.text() + "\n");
        assertThat(Cli.weir("--version").out()).startsWith("weir " + Version.text());
        assertThat(Version.text()).matches("\\d+\\.\\d+\\.\\d+.*");
    }

    @Test
    void theCompletionScriptKnowsCommandsAndOptions() {
        assertThat(Cli.weir("completion").out()).contains("run", "--drain-time-s", "proxy", "--balance")
                .doesNotContain("rehearse");
    }

    @Test
    void everyExamplePassesTheCheck() throws Exception {
        try (Stream<Path> examples = Files.list(SourceTree.root().resolve("examples"))) {
            for (Path example : examples.filter(file -> file.toString().endsWith(".yaml")).toList()) {
                Cli result = Cli.weir("check", example.toString());
                assertThat(result.status()).as(result.err()).isZero();
                assertThat(result.out()).contains(": ok");
            }
        }
    }

    @Test
    void validatingIsCheckingByAnotherName() {
        assertThat(Cli.weir("run", "--mode", "validate", QUICKSTART).status()).isZero();
        assertThat(Cli.weir("run", "--mode", "VALIDATE", "/no/such.yaml").status()).isEqualTo(1);
    }

    @Test
    void anExpansionPassesTheCheckAndExpandsToItself() throws Exception {
        Cli full = Cli.weir("expand", "--defaults", QUICKSTART);
        assertThat(full.out()).startsWith("# Every default").contains("connect_timeout: 5s", "timeout: 15s",
                "use_remote_address: true", "normalize_path: false");
        Path filled = Files.writeString(folder.resolve("filled.yaml"), full.out());
        assertThat(Cli.weir("check", filled.toString()).status()).isZero();
        assertThat(Cli.weir("expand", "--defaults", filled.toString()).out()).isEqualTo(full.out());
        Cli first = Cli.weir("expand", QUICKSTART);
        assertThat(first.status()).as(first.err()).isZero();
        Path expanded = Files.writeString(folder.resolve("expanded.yaml"), first.out());
        assertThat(Cli.weir("check", expanded.toString()).status()).isZero();
        assertThat(Cli.weir("expand", expanded.toString()).out()).isEqualTo(first.out());
    }

    @Test
    void aBrokenFileExpandsToNothing() throws Exception {
        Path broken = Files.writeString(folder.resolve("broken.yaml"), "listen:\n  - on: nowhere\n");
        Cli result = Cli.weir("expand", broken.toString());
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("broken.yaml:2:");
    }

    @Test
    void aSimulationPrintsATableAndWritesAPageThatNeedsNoNetwork() throws Exception {
        Path scenario = Files.writeString(folder.resolve("small.yaml"), """
                title: Two <hosts>
                duration: 2s
                hosts: { count: 2, service: 5ms }
                arrivals: { poisson: 100 }
                policies: [ round_robin, random ]
                """);
        Path page = folder.resolve("small.html");
        Cli result = Cli.weir("simulate", scenario.toString(), "--seed", "7", "--html", page.toString(), "--svg",
                folder.resolve("pictures").toString());
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out()).startsWith("Two <hosts> (seed 7)\n").contains("policy ", "round_robin ", "random ");
        assertThat(Files.readString(page)).contains("<title>Two &lt;hosts&gt;</title>", "<svg ", "seed 7")
                .doesNotContain("<script", "src=", "url(", "https:");
        assertThat(folder.resolve("pictures/small-load.svg")).content().startsWith("<svg xmlns=");
        assertThat(Cli.weir("simulate", scenario.toString(), "--seed", "7").out()).isEqualTo(result.out());
    }

    @Test
    void aBrokenScenarioIsToldWithItsPlace() throws Exception {
        Path broken = Files.writeString(folder.resolve("broken.yaml"), "hosts: { count: 2, service: 5 }\n");
        Cli result = Cli.weir("simulate", broken.toString());
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).contains("broken.yaml:1:29: hosts.service: this is no length of time (5)",
                "cannot stand: 3 errors");
    }

    @Test
    void theManualNamesEveryCommandAndOption() throws Exception {
        String manual = Files.readString(SourceTree.root().resolve("dist/weir.1")).replace("\\-", "-");
        for (String word : List.of("run", "check", "expand", "proxy", "simulate", "--seed", "--html", "--svg",
                "--defaults",
                "version", "completion",
                "--concurrency",
                "--mode",
                "--drain-time-s", "--log-level", "--balance", "--no-follow", "--admin", "--from", "--to", "SIGTERM")) {
            assertThat(manual).contains(word);
        }
    }
}
