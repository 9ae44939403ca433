package io.weir.xds.compile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.weir.xds.resource.Position;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.Positions;

/** What one compilation finds: problems, and clusters that are named and must exist. Used by one thread. */
final class Findings {

    /** A place that names a cluster. */
    record ClusterReference(String path, String cluster) {
    }

    private static final Comparator<Problem> TEXT_ORDER = Comparator.comparing(Findings::file)
            .thenComparingInt(Findings::line).thenComparingInt(Findings::column);

    private final Positions positions;
    private final Extensions extensions;
    private final Set<Problem> problems = new LinkedHashSet<>();
    private final List<ClusterReference> clusterReferences = new ArrayList<>();

    Findings(Positions positions, Extensions extensions) {
        this.positions = positions;
        this.extensions = extensions;
    }

    static Findings withoutText(Extensions extensions) {
        return new Findings(Positions.none(), extensions);
    }

    static String join(String path, String subPath) {
        if (path.isEmpty() || subPath.isEmpty()) {
            return path + subPath;
        }
        return subPath.startsWith("[") ? path + subPath : path + "." + subPath;
    }

    Extensions extensions() {
        return extensions;
    }

    void error(String path, String value, String message, String cure) {
        problems.add(Problem.error(positions.at(path), path, value, message, cure));
    }

    void warning(String path, String value, String message, String cure) {
        problems.add(Problem.warning(positions.at(path), path, value, message, cure));
    }

    void addAll(List<Problem> more) {
        problems.addAll(more);
    }

    void clusterReferenced(String path, String cluster) {
        clusterReferences.add(new ClusterReference(path, cluster));
    }

    List<ClusterReference> clusterReferences() {
        return List.copyOf(clusterReferences);
    }

    /** All problems in the order of the text; those without a place come last, in the order they were found. */
    List<Problem> problems() {
        return problems.stream().sorted(TEXT_ORDER).toList();
    }

    private static String file(Problem problem) {
        Position at = problem.at();
        return at == null ? "\uFFFF" : at.file();
    }

    private static int line(Problem problem) {
        Position at = problem.at();
        return at == null ? Integer.MAX_VALUE : at.line();
    }

    private static int column(Problem problem) {
        Position at = problem.at();
        return at == null ? Integer.MAX_VALUE : at.column();
    }
}
