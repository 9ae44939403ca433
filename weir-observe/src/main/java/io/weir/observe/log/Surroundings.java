package io.weir.observe.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a format may ask of the machine, read once when it is compiled. */
record Surroundings(String hostname, Function<String, @Nullable String> variables) {
    /** This machine. */
    static Surroundings here() {
        return new Surroundings(readHostname(), System::getenv);
    }

    private static String readHostname() {
        try {
            // not InetAddress.getLocalHost(): it asks the resolver, which may take seconds
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            String named = System.getenv("HOSTNAME");
            return named == null ? "" : named;
        }
    }
}
