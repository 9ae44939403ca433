package io.weir.app.cli;

import io.weir.testkit.sim.engine.Result;
import io.weir.testkit.sim.engine.Simulation;
import io.weir.testkit.sim.file.ScenarioFile;
import io.weir.testkit.sim.fleet.Scenario;
import io.weir.testkit.sim.page.Page;
import io.weir.testkit.sim.page.Pictures;
import io.weir.testkit.sim.page.TextTable;
import io.weir.xds.resource.Problem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs a scenario. Apart from the commands, so that a proxy's start does not load the simulator. */
final class Simulating {
    private Simulating() {}

    /**
     * @param page
     *            where the page goes; null: nowhere
     * @param pictures
     *            the folder for the pictures; null: none
     */
    static int run(Path file, @Nullable Long seed, @Nullable Path page, @Nullable Path pictures, PrintWriter out,
            PrintWriter err) {
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
        try {
            if (page != null) {
                Files.writeString(page, Page.of(scenario, results));
            }
            if (pictures != null) {
                draw(pictures, stem(file), results);
            }
        } catch (IOException e) {
            err.println("weir: what was simulated cannot be written: " + e + "; name a folder that can be written to");
            return ExitCode.CONFIGURATION.number();
        }
        return ExitCode.OK.number();
    }

    private static void draw(Path folder, String stem, List<Result> results) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(stem + "-latency.svg"), Pictures.latency(results));
        Files.writeString(folder.resolve(stem + "-load.svg"), Pictures.load(results));
        Files.writeString(folder.resolve(stem + "-over-time.svg"), Pictures.overTime(results));
        Files.writeString(folder.resolve(stem + "-ejections.svg"), Pictures.ejections(results));
    }

    private static String stem(Path file) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }
}
