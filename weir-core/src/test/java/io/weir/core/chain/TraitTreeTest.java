package io.weir.core.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.access.Condition;
import io.weir.core.chain.TraitTree.Branch;
import io.weir.core.chain.TraitTree.Branches;
import io.weir.core.chain.TraitTree.Leads;
import io.weir.core.chain.TraitTree.Within;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TraitTreeTest {
    private static Traits traits(String destination, int port, String name, String source) {
        return new Traits(InetAddress.ofLiteral(destination), port, name, name.isEmpty() ? "raw_buffer" : "tls",
                name.isEmpty() ? List.of() : List.of("h2", "http/1.1"), InetAddress.ofLiteral("192.0.2.99"),
                InetAddress.ofLiteral(source), 5000);
    }

    private static Leads to(String chain) {
        return new Leads.To(chain);
    }

    private static TraitTree tree(Branches branches, @Nullable Leads otherwise) {
        return new TraitTree(branches, Set.of(), otherwise);
    }

    private static @Nullable String find(Branches branches, Traits traits) {
        return tree(branches, null).find(traits);
    }

    @Test
    void aValueIsFoundAsItIsOrByItsLongestBeginning() {
        Traits web = traits("10.1.2.3", 443, "a.example", "192.0.2.1");
        assertThat(find(new Branches.Exact(Trait.DESTINATION_PORT, Map.of("443", to("web"))), web)).isEqualTo("web");
        assertThat(find(new Branches.Exact(Trait.DESTINATION_PORT, Map.of("80", to("web"))), web)).isNull();
        assertThat(find(new Branches.Longest(Trait.SOURCE_IP, Map.of("192.", to("short"), "192.0.", to("long"), "",
                to("any"))), web)).isEqualTo("long");
        assertThat(find(new Branches.Exact(Trait.APPLICATION_PROTOCOL, Map.of("'h2','http/1.1'", to("h2"))), web))
                .isEqualTo("h2");
        assertThat(find(new Branches.Exact(Trait.TRANSPORT_PROTOCOL, Map.of("tls", to("tls"))), web)).isEqualTo("tls");
        assertThat(find(new Branches.Exact(Trait.SOURCE_TYPE, Map.of("local", to("near"))), web)).isNull();
        assertThat(find(new Branches.Exact(Trait.SOURCE_TYPE, Map.of("local", to("near"))),
                traits("10.1.2.3", 1, "", "127.0.0.1"))).isEqualTo("near");
    }

    @Test
    void theSmallestNetworkThatLeadsToSomethingIsTaken() {
        var inner = new Leads.Further(
                tree(new Branches.Exact(Trait.DESTINATION_PORT, Map.of("80", to("inner"))), null));
        var wide = new Within(Prefix.of(InetAddress.ofLiteral("10.0.0.0"), 8), to("wide"), false);
        var narrow = new Within(Prefix.of(InetAddress.ofLiteral("10.1.0.0"), 16), inner, false);
        var alone = new Within(Prefix.of(InetAddress.ofLiteral("10.2.0.0"), 16), inner, true);
        Branches networks = Branches.Networks.of(Trait.DESTINATION_IP, List.of(wide, narrow, alone));
        assertThat(find(networks, traits("10.1.2.3", 80, "", "192.0.2.1"))).isEqualTo("inner");
        assertThat(find(networks, traits("10.1.2.3", 81, "", "192.0.2.1"))).isEqualTo("wide");
        assertThat(find(networks, traits("10.2.2.3", 81, "", "192.0.2.1"))).as("an exclusive one").isNull();
        assertThat(find(networks, traits("11.1.2.3", 80, "", "192.0.2.1"))).isNull();
    }

    @Test
    void aNameIsFoundAsItIsOrByItsLongestEndAndNoNameByNone() {
        var names = new Branches.Names(Trait.SERVER_NAME, Map.of("a.example", to("a"), "*.example", to("ex"),
                "*.b.example", to("b"), "*", to("any")));
        assertThat(find(names, traits("10.0.0.1", 1, "a.example", "192.0.2.1"))).isEqualTo("a");
        assertThat(find(names, traits("10.0.0.1", 1, "x.a.example", "192.0.2.1"))).isEqualTo("ex");
        assertThat(find(names, traits("10.0.0.1", 1, "x.b.example", "192.0.2.1"))).isEqualTo("b");
        assertThat(find(names, traits("10.0.0.1", 1, "b.test", "192.0.2.1"))).isEqualTo("any");
        assertThat(find(names, traits("10.0.0.1", 1, "", "192.0.2.1"))).isNull();
    }

    @Test
    void theFirstConditionThatHoldsAndLeadsToSomethingIsTakenElseTheTreesOwnAnswer() {
        Condition<Traits> yes = new Condition.Always<>();
        var nowhere = new Leads.Further(tree(new Branches.Exact(Trait.SERVER_NAME, Map.of()), null));
        var list = new Branches.First(List.of(new Branch(new Condition.Not<>(yes), to("no")), new Branch(yes, nowhere),
                new Branch(yes, to("yes"))));
        Traits any = traits("10.0.0.1", 1, "", "192.0.2.1");
        assertThat(find(list, any)).isEqualTo("yes");
        TraitTree tree = tree(new Branches.First(List.of(new Branch(yes, nowhere))), to("rest"));
        assertThat(tree.find(any)).isEqualTo("rest");
        assertThat(tree.chains()).containsExactly("rest");
    }

    @Test
    void whatATreeAsksForItsTreesWithinAskForToo() {
        var inner = new TraitTree(new Branches.Exact(Trait.SERVER_NAME, Map.of()), Set.of(Trait.SERVER_NAME), null);
        var outer = new TraitTree(new Branches.Exact(Trait.DESTINATION_PORT, Map.of("1", new Leads.Further(inner))),
                Set.of(Trait.DESTINATION_PORT), null);
        assertThat(outer.asks(Set.of(Trait.SERVER_NAME))).isTrue();
        assertThat(outer.asks(Set.of(Trait.APPLICATION_PROTOCOL))).isFalse();
        var found = new ChainTree<>(outer, Map.of(), "rest");
        assertThat(found.needs(null, 0)).isEqualTo(new Needs(true, false));
        assertThat(found.find(traits("10.0.0.1", 1, "", "192.0.2.1"))).isEqualTo("rest");
    }
}
