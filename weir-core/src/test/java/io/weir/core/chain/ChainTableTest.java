package io.weir.core.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChainTableTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final List<String> NAMES = List.of("a.example.com", "b.example.com", ".example.com", ".com", "com",
            "example.com", ".b.example.com");
    private static final List<String> ASKED = List.of("", "a.example.com", "x.example.com", "example.com", "com",
            "x.b.example.com", "b.example.com", "x.org", ".com", "a..com");
    private static final List<InetAddress> ADDRESSES = List.of(LOOPBACK, ip("10.1.2.3"), ip("10.1.9.9"), ip("11.0.0.1"),
            ip("::1"), ip("2001:db8::1"), ip("2001:db8:1::1"));
    private static final List<Prefix> PREFIXES = List.of(Prefix.of(ip("10.0.0.0"), 8), Prefix.of(ip("10.1.0.0"), 16),
            Prefix.of(ip("10.1.2.3"), 32), Prefix.of(ip("0.0.0.0"), 0), Prefix.of(ip("::"), 0),
            Prefix.of(ip("2001:db8::"), 32), Prefix.of(ip("2001:db8::1"), 128), Prefix.of(ip("2001:db8:1::"), 48));
    private static final List<String> PROTOCOLS = List.of("h2", "http/1.1", "h2c");

    private static InetAddress ip(String text) {
        return InetAddress.ofLiteral(text);
    }

    private static Traits named(String name) {
        return new Traits(LOOPBACK, 443, name, "tls", List.of(), LOOPBACK, LOOPBACK, 5000);
    }

    private static ChainTable<String> byNames(String... names) throws Exception {
        return new ChainTable<>(List.of(names).stream().map(ChainMatch.ALL::withServerName).toList(), List.of(names),
                "none");
    }

    @Test
    void theMostSpecificNameWins() throws Exception {
        var table = byNames("www.example.com", ".example.com", ".com");
        assertThat(table.find(named("www.example.com"))).isEqualTo("www.example.com");
        assertThat(table.find(named("ftp.example.com"))).isEqualTo(".example.com");
        assertThat(table.find(named("example.com"))).isEqualTo(".com");
        assertThat(table.find(named("example.org"))).isEqualTo("none");
        assertThat(table.find(named(""))).isEqualTo("none");
    }

    @Test
    void whatAnEarlierCriterionHasDecidedALaterOneDoesNotTakeBack() throws Exception {
        var onPort = new ChainMatch(443, List.of(), List.of("a.example.com"), "", List.of(), List.of(), SourceType.ANY,
                List.of(), List.of());
        var table = new ChainTable<>(List.of(onPort, ChainMatch.ALL), List.of("port", "all"), null);
        assertThat(table.find(named("a.example.com"))).isEqualTo("port");
        assertThat(table.find(named("b.example.com"))).as("the port was its own, the name is not").isNull();
        assertThat(table.find(new Traits(LOOPBACK, 80, "b.example.com", "tls", List.of(), LOOPBACK, LOOPBACK, 1)))
                .isEqualTo("all");
    }

    @Test
    void chainsThatOneConnectionFitsEquallyWellAreFound() throws Exception {
        var both = new ChainMatch(0, List.of(), List.of("a.example.com", "b.example.com"), "", List.of(), List.of(),
                SourceType.ANY, List.of(), List.of());
        assertThat(ChainTable.overlaps(List.of(ChainMatch.ALL.withServerName("a.example.com"), ChainMatch.ALL, both)))
                .containsExactly(new ChainTable.Overlap(0, 2));
        assertThat(ChainTable.overlaps(List.of(ChainMatch.ALL, ChainMatch.ALL)))
                .containsExactly(new ChainTable.Overlap(0, 1));
        assertThat(ChainTable.overlaps(List.of(ChainMatch.ALL, both))).isEmpty();
    }

    @Test
    void firstBytesAreNeededOnlyWhereAChainOfThatPlaceAsksForThem() throws Exception {
        var tls = new ChainMatch(443, List.of(), List.of("a.example.com"), "", List.of(), List.of(), SourceType.ANY,
                List.of(), List.of());
        var table = new ChainTable<>(List.of(tls, ChainMatch.ALL), List.of("tls", "all"), null);
        assertThat(table.needs(LOOPBACK, 443)).isEqualTo(new Needs(true, false));
        assertThat(table.needs(LOOPBACK, 25)).isEqualTo(Needs.NONE);
    }

    @Test
    void aListInEachCriterionDoesNotMultiplyTheTable() throws Exception {
        var prefixes = IntStream.range(0, 256).mapToObj(i -> Prefix.of(ip("10.0." + i + ".0"), 24)).toList();
        var names = IntStream.range(0, 1000).mapToObj(i -> "n" + i + ".example.com").toList();
        var ports = IntStream.rangeClosed(1, 1000).boxed().toList();
        var wide = new ChainMatch(0, prefixes, names, "tls", PROTOCOLS, prefixes, SourceType.ANY, prefixes, ports);
        var table = new ChainTable<>(List.of(wide), List.of("wide"), null);
        var inside = ip("10.0.7.7");
        assertThat(table.find(new Traits(inside, 1, "n999.example.com", "tls", List.of("h2"), inside, inside, 1000)))
                .isEqualTo("wide");
    }

    @Test
    void theTableFindsWhatAWalkOverAllChainsFinds() throws Exception {
        long seed = new Random().nextLong();
        var dice = new Random(seed);
        for (int round = 0; round < 400; round++) {
            var matches = new ArrayList<ChainMatch>();
            for (int i = dice.nextInt(12); i >= 0; i--) {
                matches.add(match(dice));
            }
            var places = IntStream.range(0, matches.size()).boxed().toList();
            var table = new ChainTable<>(matches, places, null);
            boolean unique = ChainTable.overlaps(matches).isEmpty();
            for (int i = 0; i < 50; i++) {
                Traits traits = traits(dice);
                List<Integer> walked = walk(matches, traits);
                Integer found = table.find(traits);
                assertThat(walked.size()).as("seed %d, %s in %s", seed, traits, matches)
                        .matches(size -> !unique || size <= 1);
                assertThat(found).as("seed %d, %s in %s", seed, traits, matches)
                        .isEqualTo(walked.isEmpty() ? null : walked.getFirst());
            }
        }
    }

    private static ChainMatch match(Random dice) {
        return new ChainMatch(dice.nextInt(3) == 0 ? 443 : 0, some(dice, PREFIXES), some(dice, NAMES),
                List.of("", "", "tls", "raw_buffer").get(dice.nextInt(4)), some(dice, PROTOCOLS), some(dice, PREFIXES),
                SourceType.values()[dice.nextInt(6) == 0 ? 1 + dice.nextInt(2) : 0], some(dice, PREFIXES),
                some(dice, List.of(1, 2, 3)));
    }

    private static <E> List<E> some(Random dice, List<E> all) {
        if (dice.nextInt(3) != 0) {
            return List.of();
        }
        return all.stream().filter(_ -> dice.nextInt(all.size()) < 2).toList();
    }

    private static Traits traits(Random dice) {
        return new Traits(one(dice, ADDRESSES), dice.nextBoolean() ? 443 : 80, one(dice, ASKED),
                dice.nextBoolean() ? "tls" : "raw_buffer", some(dice, PROTOCOLS), one(dice, ADDRESSES),
                one(dice, ADDRESSES), 1 + dice.nextInt(4));
    }

    private static <E> E one(Random dice, List<E> all) {
        return all.get(dice.nextInt(all.size()));
    }

    /** The rule of Envoy's documentation, word for word: chains are struck out criterion by criterion. */
    private static List<Integer> walk(List<ChainMatch> matches, Traits traits) {
        List<Integer> left = IntStream.range(0, matches.size()).boxed().toList();
        for (Criterion by : Criterion.values()) {
            int best = -1;
            var kept = new ArrayList<Integer>();
            for (int chain : left) {
                List<?> wanted = by.wanted(matches.get(chain));
                int fit = wanted.isEmpty() ? 0 : -1;
                for (Object value : wanted) {
                    fit = Math.max(fit, fit(by, value, traits));
                }
                if (fit > best) {
                    kept.clear();
                    best = fit;
                }
                if (fit >= 0 && fit == best) {
                    kept.add(chain);
                }
            }
            left = List.copyOf(kept);
        }
        return left;
    }

    /** How specific a value is that fits, -1 for one that does not. */
    private static int fit(Criterion by, Object wanted, Traits traits) {
        return switch (by) {
            case DESTINATION_PORT -> wanted.equals(traits.destinationPort()) ? 1 : -1;
            case DESTINATION -> fit((Prefix) wanted, traits.destination());
            case SERVER_NAME -> fit((String) wanted, traits.serverName());
            case TRANSPORT_PROTOCOL -> wanted.equals(traits.transportProtocol()) ? 1 : -1;
            case APPLICATION_PROTOCOL -> {
                int at = traits.applicationProtocols().indexOf((String) wanted);
                yield at < 0 ? -1 : 100 - at;
            }
            case DIRECT_SOURCE -> fit((Prefix) wanted, traits.directSource());
            case SOURCE_TYPE -> wanted == SourceType.SAME_IP_OR_LOOPBACK == traits.local() ? 1 : -1;
            case SOURCE -> fit((Prefix) wanted, traits.source());
            case SOURCE_PORT -> wanted.equals(traits.sourcePort()) ? 1 : -1;
        };
    }

    private static int fit(Prefix prefix, @Nullable InetAddress address) {
        return address != null && prefix.contains(address) ? 1 + prefix.bits() : -1;
    }

    private static int fit(String wanted, String name) {
        if (wanted.startsWith(".")) {
            return name.length() > wanted.length() && name.endsWith(wanted) ? wanted.length() : -1;
        }
        return wanted.equals(name) ? 1000 : -1;
    }
}
