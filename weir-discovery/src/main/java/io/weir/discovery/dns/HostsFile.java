package io.weir.discovery.dns;

import io.netty.resolver.HostsFileEntriesProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /etc/hosts}, read again whenever it has changed. One thread. */
final class HostsFile {
    private static final Logger LOG = LoggerFactory.getLogger(HostsFile.class);

    private final Path file;
    private @Nullable FileTime readAt;
    private Map<String, List<InetAddress>> ipv4 = Map.of();
    private Map<String, List<InetAddress>> ipv6 = Map.of();

    HostsFile(Path file) {
        this.file = file;
    }

    List<InetAddress> ipv4(String name) {
        refresh();
        return ipv4.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    }

    List<InetAddress> ipv6(String name) {
        refresh();
        return ipv6.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    }

    private void refresh() {
        try {
            FileTime modified = Files.getLastModifiedTime(file);
            if (modified.equals(readAt)) {
                return;
            }
            readAt = modified;
            HostsFileEntriesProvider entries = HostsFileEntriesProvider.parser().parse(file.toFile(),
                    StandardCharsets.UTF_8);
            ipv4 = entries.ipv4Entries();
            ipv6 = entries.ipv6Entries();
        } catch (IOException e) {
            LOG.debug("{} cannot be read: {}", file, e.toString());
            ipv4 = Map.of();
            ipv6 = Map.of();
        }
    }
}
