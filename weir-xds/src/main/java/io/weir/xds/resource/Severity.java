package io.weir.xds.resource;

/** Whether a problem stops the configuration from being accepted. */
public enum Severity {
    /** The configuration is rejected. */
    ERROR,
    /** The configuration is accepted, and its writer is told. */
    WARNING
}
