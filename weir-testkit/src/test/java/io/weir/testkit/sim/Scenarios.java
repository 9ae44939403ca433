package io.weir.testkit.sim;

import io.weir.testkit.sim.engine.Result;
import io.weir.testkit.sim.engine.Simulation;
import io.weir.testkit.sim.file.ScenarioFile;
import io.weir.testkit.sim.fleet.Scenario;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Scenarios in tests. */
final class Scenarios {
    static final Path FOLDER = Path.of("..", "examples", "scenarios");

    /** What whole files came to: tests of the same JVM ask for the same, and some take a second or two. */
    private static final Map<String, List<Result>> COMPARED = new ConcurrentHashMap<>();

    private Scenarios() {}

    /** All contenders of an example, in its order; run once. */
    static List<Result> compared(String name) {
        return COMPARED.computeIfAbsent(name, file -> Simulation.compare(file(file)));
    }

    /** The same by their labels. */
    static Map<String, Result> byLabel(String name) {
        return byLabel(compared(name));
    }

    private static Map<String, Result> byLabel(List<Result> results) {
        return results.stream().collect(Collectors.toMap(Result::label, result -> result));
    }

    static Scenario of(String text) {
        return accepted(ScenarioFile.parse("test.yaml", text));
    }

    static Scenario file(String name) {
        return accepted(ScenarioFile.read(FOLDER.resolve(name)));
    }

    static Scenario accepted(ScenarioFile.Read read) {
        Scenario scenario = read.scenario();
        if (scenario == null) {
            throw new AssertionError("refused: " + read.problems());
        }
        return scenario;
    }

    static Map<String, Result> run(Scenario scenario) {
        return byLabel(Simulation.compare(scenario));
    }

    static Result of(Map<String, Result> results, String label) {
        Result result = results.get(label);
        if (result == null) {
            throw new AssertionError(label + " is not among " + results.keySet());
        }
        return result;
    }

    static Result only(String text) {
        List<Result> results = Simulation.compare(of(text));
        return results.getFirst();
    }

    static double millis(long nanos) {
        return nanos / 1e6;
    }
}
