package io.weir.xds.check;

import java.util.List;

import io.weir.xds.resource.Position;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.Positions;
import io.weir.xds.yaml.ProtoReader;

import org.jspecify.annotations.Nullable;

/** Where a check stands and what it found: the path of the field at hand, and the list that problems go to. */
final class Report {
    private final StringBuilder path;
    private final Positions positions;
    private final List<Problem> out;
    private int left = ProtoReader.PROBLEMS_MAX;

    Report(String path, Positions positions, List<Problem> out) {
        this.path = new StringBuilder(path);
        this.positions = positions;
        this.out = out;
    }

    /** Steps into a field; the answer is what {@link #leave} takes. */
    int field(String name) {
        int mark = path.length();
        if (mark > 0) {
            path.append('.');
        }
        path.append(name);
        return mark;
    }

    int item(int index) {
        int mark = path.length();
        path.append('[').append(index).append(']');
        return mark;
    }

    int key(Object key) {
        int mark = path.length();
        path.append('[').append(key).append(']');
        return mark;
    }

    void leave(int mark) {
        path.setLength(mark);
    }

    void error(String value, String message, String cure) {
        if (left-- > 0) {
            out.add(Problem.error(at(), path.toString(), value, message, cure));
        }
    }

    void warning(String value, String message, String cure) {
        if (left-- > 0) {
            out.add(Problem.warning(at(), path.toString(), value, message, cure));
        }
    }

    private @Nullable Position at() {
        return positions.at(path.toString());
    }
}
