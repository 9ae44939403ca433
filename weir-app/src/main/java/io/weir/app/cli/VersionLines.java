package io.weir.app.cli;

import io.weir.app.Version;
import picocli.CommandLine.IVersionProvider;

/** What {@code weir version} and {@code weir --version} print. */
final class VersionLines implements IVersionProvider {
    /** For picocli. */
    VersionLines() {}

    @Override
    public String[] getVersion() {
        return new String[]{"weir " + Version.text(),
                "java " + Runtime.version() + " (" + System.getProperty("java.vm.vendor") + ")"};
    }
}
