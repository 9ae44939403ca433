package io.weir.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which Weir this is. */
public final class Version {
    private Version() {}

    /** The version of the build, such as {@code 0.1.0}. */
    public static String text() {
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The version as the number of Envoy's {@code server.version}: major, minor and patch with three digits each. */
    public static long number() {
        long number = 0;
        String[] parts = text().replaceAll("[^0-9.].*", "").split("\\.", 4);
        for (int i = 0; i < 3; i++) {
            number = number * 1000 + (i < parts.length && !parts[i].isEmpty() ? Long.parseLong(parts[i]) : 0);
        }
        return number;
    }
}
