package io.weir.discovery.dns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What resolv.conf(5) says beside the servers themselves.
 *
 * @param namesServers
 *            whether it names a server at all
 * @param searchDomains
 *            appended to names, in this order
 * @param ndots
 *            a name with this many dots is tried as it is first, one with fewer last
 */
record ResolvConf(boolean namesServers, List<String> searchDomains, int ndots) {
    static final Path PATH = Path.of("/etc/resolv.conf");

    private static final Logger LOG = LoggerFactory.getLogger(ResolvConf.class);
    private static final String NDOTS = "ndots:";
    private static final int NDOTS_MAX = 15;

    static ResolvConf read(Path file) {
        try {
            return parse(Files.readAllLines(file));
        } catch (IOException e) {
            LOG.debug("{} cannot be read: {}", file, e.toString());
            return new ResolvConf(false, List.of(), 1);
        }
    }

    static ResolvConf parse(List<String> lines) {
        boolean namesServers = false;
        List<String> domains = List.of();
        int ndots = 1;
        for (String line : lines) {
            String[] words = line.strip().split("\\s+", -1);
            List<String> values = Arrays.asList(words).subList(1, words.length);
            switch (words[0]) {
                case "nameserver" -> namesServers = true;
                // the last of search and domain counts
                case "search", "domain" -> domains = values.stream().filter(domain -> !domain.equals(".")).toList();
                case "options" -> {
                    for (String value : values) {
                        ndots = value.startsWith(NDOTS) ? number(value.substring(NDOTS.length()), ndots) : ndots;
                    }
                }
                default -> {
                    // comments, sortlist and whatever else
                }
            }
        }
        return new ResolvConf(namesServers, domains, ndots);
    }

    private static int number(String digits, int otherwise) {
        try {
            return Math.clamp(Integer.parseInt(digits), 0, NDOTS_MAX);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}
