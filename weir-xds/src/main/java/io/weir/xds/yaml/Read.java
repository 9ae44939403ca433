package io.weir.xds.yaml;

import java.util.List;

import com.google.protobuf.Message;

import io.weir.xds.resource.Problem;

/**
 * What became of a tree that was read as a message.
 *
 * @param message
 *            what could be read; the fields with problems are not set
 * @param positions
 *            where each of its fields was written
 * @param problems
 *            errors and warnings, in the order of the text
 */
public record Read<T extends Message>(T message, Positions positions, List<Problem> problems) {
    public Read {
        problems = List.copyOf(problems);
    }

    /** Whether the whole tree was read; warnings may remain. */
    public boolean accepted() {
        return !Problem.anyError(problems);
    }
}
