package io.weir.xds.compile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.weir.core.tls.SecretSpec;
import io.weir.xds.resource.Position;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.Positions;

/** What one compilation finds: problems, and clusters that are named and must exist. Used by one thread. */
final class Findings {

    /**
     * A place that names a cluster.
     *
     * @param calls
     *            whether its hosts are called by gRPC, so that they must speak HTTP/2
     */
    record ClusterReference(String path, String cluster, boolean calls) {
    }

    private final Positions positions;
    private final Extensions extensions;
    private final Set<Problem> problems = new LinkedHashSet<>();
    private final Set<String> unread = new HashSet<>();
    private final Set<Position> unreadAt = new HashSet<>();
    private final Set<String> skipped = new HashSet<>();
    private boolean errorsOnly;
    private final List<ClusterReference> clusterReferences = new ArrayList<>();
    private final List<String> hostsAsked = new ArrayList<>();
    private boolean hostsAskedByName;
    /** By name; of those that could not be read there is nothing to be had. */
    private final Map<String, Optional<SecretSpec>> secrets = new LinkedHashMap<>();

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

    Map<String, Optional<SecretSpec>> secrets() {
        return secrets;
    }

    Positions positions() {
        return positions;
    }

    Extensions extensions() {
        return extensions;
    }

    void error(String path, String value, String message, String cure) {
        if (!followsFromText(path)) {
            problems.add(Problem.error(positions.at(path), path, value, message, cure));
        }
    }

    void warning(String path, String value, String message, String cure) {
        if (!errorsOnly) {
            problems.add(Problem.warning(positions.at(path), path, value, message, cure));
        }
    }

    /**
     * From here on only errors are of interest: an expansion that is incomplete for its errors is not what somebody
     * wrote, and warnings about it would be riddles.
     */
    void errorsOnly() {
        errorsOnly = true;
    }

    /** Adds what was found while the text was read. What follows from it later is not told again. */
    void addFromText(List<Problem> more) {
        problems.addAll(more);
        for (Problem problem : more) {
            Position at = problem.at();
            if (problem.isError() && at != null) {
                unreadAt.add(at);
            }
            if (problem.isError() && !problem.path().isEmpty()) {
                unread.add(problem.path());
            }
        }
    }

    /** Adds what the general checks found, except where somebody who knows better has spoken already. */
    void addGeneral(List<Problem> more) {
        Set<String> told = new HashSet<>();
        problems.stream().filter(Problem::isError).map(Problem::path).forEach(told::add);
        for (Problem problem : more) {
            boolean known = problem.isError() && told.contains(problem.path());
            if (!known && (problem.isError() || !errorsOnly) && !followsFromText(problem.path())
                    && !isSkipped(problem.path())) {
                problems.add(problem);
            }
        }
    }

    /** Says that nothing in this part counts, whatever it holds. */
    void skip(String path) {
        skipped.add(path);
    }

    private boolean isSkipped(String path) {
        return skipped.stream().anyMatch(part -> isWithin(path, part));
    }

    /** Whether a field could not be read, or a part of it: what seems to be missing there was written. */
    private boolean followsFromText(String path) {
        Position at = positions.at(path);
        return at != null && unreadAt.contains(at)
                || unread.stream().anyMatch(part -> isWithin(path, part) || path.equals(parent(part)));
    }

    static boolean isWithin(String path, String part) {
        return path.startsWith(part) && (path.length() == part.length() || path.charAt(part.length()) == '.'
                || path.charAt(part.length()) == '[');
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('.')));
    }

    void clusterReferenced(String path, String cluster, boolean calls) {
        clusterReferences.add(new ClusterReference(path, cluster, calls));
    }

    /** Hosts of clusters that are named below this path are asked for TLS in the words of a protocol. */
    void hostsAsked(String path) {
        hostsAsked.add(path);
    }

    void hostsAskedOfAnyName() {
        hostsAskedByName = true;
    }

    /** Whether hosts are asked of clusters that only clients name. */
    boolean hostsAskedByName() {
        return hostsAskedByName;
    }

    /** Whether hosts of the cluster that is named here are asked. */
    boolean hostsAskedAt(String path) {
        return hostsAsked.stream().anyMatch(
                each -> path.equals(each + ".cluster") || isWithin(path, each + ".weighted_clusters"));
    }

    List<ClusterReference> clusterReferences() {
        return List.copyOf(clusterReferences);
    }

    /** All problems in the order of the text; those without a place come last, in the order they were found. */
    List<Problem> problems() {
        return problems.size() < 2
                ? List.copyOf(problems)
                : problems.stream().sorted(Comparator.comparing(Findings::file).thenComparingInt(Findings::line)
                        .thenComparingInt(Findings::column)).toList();
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
