package io.weir.xds.chain;

/** Where problems of a message are told. */
@FunctionalInterface
public interface Complaints {
    /**
     * Tells an error; go on reading.
     *
     * @param path
     *            within the message
     */
    void problem(String path, String value, String message, String cure);
}
