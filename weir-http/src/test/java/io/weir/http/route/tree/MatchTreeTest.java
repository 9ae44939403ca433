package io.weir.http.route.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.codec.HttpHead;
import io.weir.http.route.Heads;
import io.weir.http.route.match.HeadField;
import io.weir.http.route.match.HeadText;
import io.weir.http.route.match.TextMatch;
import io.weir.http.route.tree.Input.Connection;
import io.weir.http.route.tree.Input.Connection.End;
import io.weir.http.route.tree.MatchTree.Branch;
import io.weir.http.route.tree.MatchTree.Branches;
import io.weir.http.route.tree.MatchTree.Leads;
import io.weir.http.route.tree.MatchTree.Within;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MatchTreeTest {
    private static final Input HEADER = new Input.Header(HeadField.of("x-a"));
    /** Finds nothing. */
    private static final Leads<String> NOWHERE = new Leads.Further<>(
            new MatchTree<>(new Branches.First<>(List.of()), null));

    private static Leads<String> to(String action) {
        return new Leads.To<>(action);
    }

    private static Predicate is(String value) {
        return new Predicate.Single(HEADER, new Predicate.Text(TextMatch.exact(value, false)));
    }

    private static Network network(String address, int bits) {
        return Objects.requireNonNull(Network.of(address, bits));
    }

    private static @Nullable String find(MatchTree<String> tree, HttpHead head) {
        return tree.find(head, Heads.source(head));
    }

    private static @Nullable String find(Branches<String> branches, String... lines) {
        return find(new MatchTree<>(branches, to("otherwise")), Heads.to("/p?q=1&r", lines));
    }

    @Test
    void theFirstConditionThatHoldsDecidesUnlessItLeadsNowhere() {
        var list = new Branches.First<>(List.of(new Branch<>(is("a"), NOWHERE), new Branch<>(is("a"), to("second")),
                new Branch<>(new Predicate.Not(is("b")), to("third"))));
        assertThat(find(list, "x-a: a")).isEqualTo("second");
        assertThat(find(list, "x-a: c")).isEqualTo("third");
        assertThat(find(list)).as("what is not there passes no test, but the opposite").isEqualTo("third");
        assertThat(find(list, "x-a: b")).isEqualTo("otherwise");
        assertThat(find(new MatchTree<>(list, null), Heads.to("/", "x-a: b"))).isNull();
    }

    @Test
    void conditionsAreJoined() {
        var both = new Predicate.And(List.of(is("a,b"), new Predicate.Single(new Input.Query(HeadText.bytes("q")),
                new Predicate.Text(TextMatch.exact("1", false)))));
        var either = new Predicate.Or(List.of(is("c"), both));
        var list = new Branches.First<>(List.of(new Branch<>(either, to("found"))));
        assertThat(find(list, "x-a: a", "x-a: b")).as("lines of one name are one value").isEqualTo("found");
        assertThat(find(list, "x-a: c")).isEqualTo("found");
        assertThat(find(list, "x-a: a")).isEqualTo("otherwise");
    }

    @Test
    void aParameterWithoutAValueIsEmptyAndOneThatIsMissingIsNotThere() {
        var map = new Branches.Exact<>(new Input.Query(HeadText.bytes("r")), Map.of("", to("empty")));
        var other = new Branches.Exact<>(new Input.Query(HeadText.bytes("s")), Map.of("", to("empty")));
        assertThat(find(map)).isEqualTo("empty");
        assertThat(find(other)).isEqualTo("otherwise");
    }

    @Test
    void theLongestPrefixThatLeadsSomewhereIsTaken() {
        var map = new LinkedHashMap<String, Leads<String>>();
        map.put("/a/b", to("/a/b"));
        map.put("/", to("/"));
        map.put("/a/b/c", NOWHERE);
        map.put("/a", NOWHERE);
        var prefixes = new Branches.Prefix<>(HEADER, map);
        assertThat(find(prefixes, "x-a: /a/b/c/d")).isEqualTo("/a/b");
        assertThat(find(prefixes, "x-a: /a/x")).isEqualTo("/");
        assertThat(find(prefixes, "x-a: b")).isEqualTo("otherwise");
        assertThat(find(prefixes)).isEqualTo("otherwise");
    }

    @Test
    void aPrefixMapAnswersAsTryingAllPrefixesFromLongToShortWould() {
        for (long seed = 1; seed <= 500; seed++) {
            var random = new Random(seed);
            var map = new LinkedHashMap<String, Leads<String>>();
            for (int i = random.nextInt(8); i >= 0; i--) {
                String key = text(random, 4);
                map.put(key, random.nextInt(3) == 0 ? NOWHERE : to(key));
            }
            var tree = new MatchTree<>(new Branches.Prefix<>(HEADER, map), null);
            for (int i = 0; i < 20; i++) {
                String value = text(random, 6);
                String expected = null;
                for (int length = value.length(); length >= 0 && expected == null; length--) {
                    String prefix = value.substring(0, length);
                    expected = map.get(prefix) instanceof Leads.To<String> ? prefix : null;
                }
                assertThat(find(tree, Heads.to("/", "x-a: " + value))).as("seed %d: %s", seed, value)
                        .isEqualTo(expected);
            }
        }
    }

    private static String text(Random random, int most) {
        var text = new StringBuilder();
        for (int i = random.nextInt(most); i >= 0; i--) {
            text.append(random.nextBoolean() ? 'a' : 'b');
        }
        return text.toString();
    }

    @Test
    void theSmallestNetworkThatLeadsSomewhereIsTakenUnlessItIsExclusive() {
        var source = new Connection(End.SOURCE, false);
        assertThat(find(new Branches.Networks<>(source, List.of(new Within<>(network("0.0.0.0", 0), to("all"), false),
                new Within<>(network("192.0.2.0", 24), NOWHERE, false),
                new Within<>(network("192.0.0.0", 16), to("near"), false))))).isEqualTo("near");
        assertThat(find(new Branches.Networks<>(source, List.of(new Within<>(network("0.0.0.0", 0), to("all"), false),
                new Within<>(network("192.0.2.0", 24), NOWHERE, true))))).isEqualTo("otherwise");
        assertThat(find(new Branches.Networks<>(source, List.of(new Within<>(network("::", 0), to("v6"), false)))))
                .isEqualTo("otherwise");
        assertThat(find(new Branches.Networks<>(new Connection(End.DIRECT_SOURCE, false),
                List.of(new Within<>(network("2001:db8::", 32), to("v6"), false))))).isEqualTo("v6");
    }

    @Test
    void theEndsOfTheConnectionAreText() {
        assertThat(find(new Branches.Exact<>(new Connection(End.SOURCE, false), Map.of("192.0.2.7", to("found")))))
                .isEqualTo("found");
        assertThat(find(new Branches.Exact<>(new Connection(End.SOURCE, true), Map.of("4711", to("found")))))
                .isEqualTo("found");
        assertThat(find(new Branches.Exact<>(new Connection(End.DIRECT_SOURCE, false),
                Map.of("2001:db8::7", to("found"))))).isEqualTo("found");
        assertThat(find(new Branches.Exact<>(new Connection(End.DESTINATION, true), Map.of("443", to("found")))))
                .isEqualTo("found");
    }

    @Test
    void aNetworkIsAPrefixOfBits() {
        assertThat(Network.of("10.0.0.0", 33)).isNull();
        assertThat(Network.of("10.0.0.0", -1)).isNull();
        assertThat(Network.of("ten", 8)).isNull();
        assertThat(network("10.128.0.0", 9).contains(new byte[]{10, (byte) 129, 3, 4})).isTrue();
        assertThat(network("10.128.0.0", 9).contains(new byte[]{10, 127, 3, 4})).isFalse();
        assertThat(network("10.1.2.3", 32).contains(new byte[]{10, 1, 2, 3})).isTrue();
        assertThat(network("10.1.2.3", 32).contains(new byte[]{10, 1, 2, 2})).isFalse();
    }

    @Test
    void aTreeFindsTheSameAfterItsActionsAreChanged() {
        var map = Map.of("a", to("1"), "ab", NOWHERE);
        for (var branches : new ArrayList<Branches<String>>(List.of(new Branches.Exact<>(HEADER, map),
                new Branches.Prefix<>(HEADER, map), new Branches.First<>(List.of(new Branch<>(is("a"), to("1")))),
                new Branches.Networks<>(HEADER, List.of(new Within<>(network("10.0.0.0", 8), to("1"), false)))))) {
            var tree = new MatchTree<>(branches, to("0"));
            for (String value : List.of("a", "ab", "b", "10.1.1.1")) {
                var head = Heads.to("/", "x-a: " + value);
                String found = tree.find(head, Heads.source(head));
                assertThat(tree.map(action -> action + "!").find(head, Heads.source(head))).isEqualTo(found + "!");
            }
        }
    }
}
