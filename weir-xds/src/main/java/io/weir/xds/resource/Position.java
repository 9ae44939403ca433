package io.weir.xds.resource;

/**
 * A place in a text that a person wrote.
 *
 * @param file
 *            as the person named it, for messages only
 * @param line
 *            counted from 1
 * @param column
 *            counted from 1, in Unicode code points
 */
public record Position(String file, int line, int column) {

    /** {@code file:line:column}, the form that editors and terminals turn into a link. */
    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}
