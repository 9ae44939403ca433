package io.weir.observe.log;

/** Writes a line for what ended. {@link #log} may be called by any thread, never blocks, and allocates nothing. */
public interface AccessLog extends AutoCloseable {
    /** Writes a line; drops it, and counts the drop, when the sink cannot keep up. */
    void log(AccessRecord ended);

    /** Gives its sink back; the file is closed when nobody uses it any more. Lines logged before are still written. */
    @Override
    void close();

    /** A log that nobody reads. */
    static AccessLog none() {
        return Silent.SILENT;
    }
}
