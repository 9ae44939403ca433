package io.weir.observe.log;

/** The log that writes nothing. */
enum Silent implements AccessLog {
    SILENT;

    @Override
    public void log(AccessRecord ended) {}

    @Override
    public void close() {}
}
