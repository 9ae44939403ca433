package io.weir.discovery.dns;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whom to ask.
 *
 * @param servers
 *            DNS servers, each asked when the one before did not answer; empty for those of the system
 *            ({@code /etc/resolv.conf}, or 127.0.0.1 where that names none)
 * @param searchDomains
 *            appended to names with few dots; null for those of the system
 * @param queryTimeoutNanos
 *            how long one server has for an answer
 * @param hostsFile
 *            looked at first; read again when it changes
 */
public record ResolverOptions(List<InetSocketAddress> servers, @Nullable List<String> searchDomains,
        long queryTimeoutNanos, Path hostsFile) {
    private static final long QUERY_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

    public ResolverOptions {
        servers = List.copyOf(servers);
        searchDomains = searchDomains == null ? null : List.copyOf(searchDomains);
    }

    /** As the system is set up, with 5 s for each query. */
    public static ResolverOptions system() {
        return new ResolverOptions(List.of(), null, QUERY_TIMEOUT_NANOS, Path.of("/etc/hosts"));
    }

    /** These servers, no search domains. */
    public static ResolverOptions of(List<InetSocketAddress> servers) {
        return new ResolverOptions(servers, List.of(), QUERY_TIMEOUT_NANOS, Path.of("/etc/hosts"));
    }

    /** The same with other search domains. */
    public ResolverOptions withSearchDomains(List<String> domains) {
        return new ResolverOptions(servers, domains, queryTimeoutNanos, hostsFile);
    }

    /** The same with another timeout. */
    public ResolverOptions withQueryTimeoutNanos(long nanos) {
        return new ResolverOptions(servers, searchDomains, nanos, hostsFile);
    }

    /** The same with another hosts file. */
    public ResolverOptions withHostsFile(Path file) {
        return new ResolverOptions(servers, searchDomains, queryTimeoutNanos, file);
    }
}
