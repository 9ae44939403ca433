package io.weir.app.cli;

import io.weir.testkit.sim.engine.Result;
import io.weir.testkit.sim.engine.Simulation;
import io.weir.testkit.sim.file.ScenarioFile;
import io.weir.testkit.sim.fleet.Scenario;
import io.weir.testkit.sim.page.TextTable;
import io.weir.xds.resource.Problem;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs a scenario. Apart from the commands, so that a proxy's start does not load the simulator. */
final class Simulating {
    private Simulating() {}

    static int run(Path file, @Nullable Long seed, PrintWriter out, PrintWriter err) {
        ScenarioFile.Read read = ScenarioFile.read(file);
        read.problems().forEach(err::println);
        Scenario written = read.scenario();
        if (written == null) {
            long errors = read.problems().stream().filter(Problem::isError).count();
            err.println("weir: " + file + " cannot stand: " + Serving.counted(errors, "error"));
            return ExitCode.CONFIGURATION.number();
        }
        Scenario scenario = seed == null ? written : written.withSeed(seed);
        out.println(scenario.title() + " (seed " + scenario.seed() + ")");
        out.println();
        List<Result> results = Simulation.compare(scenario);
        out.print(TextTable.of(results));
        out.flush();
        return ExitCode.OK.number();
    }
}
