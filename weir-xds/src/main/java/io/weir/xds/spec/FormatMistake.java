package io.weir.xds.spec;

/**
 * Something wrong with the format of an access log.
 *
 * @param path
 *            where in a JSON format, such as {@code times.end}; empty in a text
 * @param value
 *            what stands there
 * @param message
 *            what is wrong with it
 * @param cure
 *            what to write instead
 */
public record FormatMistake(String path, String value, String message, String cure) {
}
