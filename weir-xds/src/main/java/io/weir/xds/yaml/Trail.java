package io.weir.xds.yaml;

import java.util.List;

import io.weir.xds.resource.Position;
import io.weir.xds.resource.Problem;

/** Where a walk stands, and what it found: the path of the field at hand, the places and the problems so far. */
final class Trail {
    private final StringBuilder path;
    private final Positions positions;
    private final List<Problem> problems;

    Trail(String path, Positions positions, List<Problem> problems) {
        this.path = new StringBuilder(path);
        this.positions = positions;
        this.problems = problems;
    }

    /** Steps into a field; the answer is what {@link #leave} takes. */
    int field(String name, Position at) {
        int mark = path.length();
        if (mark > 0) {
            path.append('.');
        }
        path.append(name);
        positions.put(path.toString(), at);
        return mark;
    }

    int item(int index, Position at) {
        int mark = path.length();
        path.append('[').append(index).append(']');
        positions.put(path.toString(), at);
        return mark;
    }

    int key(String key, Position at) {
        int mark = path.length();
        path.append('[').append(key).append(']');
        positions.put(path.toString(), at);
        return mark;
    }

    void leave(int mark) {
        path.setLength(mark);
    }

    void error(Position at, String value, String message, String cure) {
        add(Problem.error(at, path.toString(), value, message, cure));
    }

    void warning(Position at, String value, String message, String cure) {
        add(Problem.warning(at, path.toString(), value, message, cure));
    }

    private void add(Problem problem) {
        if (problems.size() < ProtoReader.PROBLEMS_MAX) {
            problems.add(problem);
        }
    }
}
