package io.weir.app.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.testkit.OwnNetwork;
import io.weir.testkit.Peers;
import io.weir.xds.spec.Interception;
import io.weir.xds.spec.Interception.Exempt;
import io.weir.xds.spec.Interception.Network;
import io.weir.xds.spec.Interception.Owners;
import io.weir.xds.spec.Interception.Ports;
import io.weir.xds.spec.Interception.Way;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules that the real nft sets, in a network of the test's own. */
class PacketFilterTest {
    private static final String OTHERS = "table ip other {\n  chain c {\n    ip daddr 10.0.0.1 accept\n  }\n}\n";

    private static Interception how(Way way) {
        var networks = List.of(new Network("10.0.0.0", 8), new Network("10.1.0.0", 16), new Network("fd00::", 8));
        var exempt = new Exempt(networks, List.of(new Ports(22, 22), new Ports(20, 30)));
        return new Interception(15_001, 15_006, way, true, exempt, exempt,
                new Owners(List.of("1337", "nobody"), List.of("nogroup")));
    }

    private static String ruleset() throws Exception {
        Process nft = new ProcessBuilder(Peers.require("nft").toString(), "list", "ruleset").redirectErrorStream(true)
                .start();
        return new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void nftTakesEveryRuleAgainAndAgainAndLeavesOthersTablesAlone() throws Exception {
        OwnNetwork.run(List.of(), OTHERS, () -> {
            PacketFilter filter = PacketFilter.ours();
            filter.apply(PacketRules.removing());
            for (Way way : Way.values()) {
                filter.apply(PacketRules.setting(how(way)));
                filter.apply(PacketRules.setting(how(way)));
                assertThat(ruleset()).contains("table ip other", "table inet weir_sidecar", "oifname \"lo\" return",
                        "meta skuid 1337 return", "ip daddr 10.1.0.0/16 return", "tcp dport 20-30 return",
                        way == Way.TPROXY ? "tproxy to :15006 accept" : "redirect to :15006")
                        .containsOnlyOnce("chain outbound");
            }
            filter.apply(PacketRules.removing());
            assertThat(ruleset()).contains("table ip other").doesNotContain("weir_sidecar");
        });
    }

    @Test
    void aScriptThatNftRefusesChangesNothingAndIsToldInItsWords() throws Exception {
        OwnNetwork.run(List.of(), "", () -> {
            PacketFilter filter = PacketFilter.ours();
            filter.apply(PacketRules.setting(how(Way.REDIRECT)));
            String before = ruleset();
            assertThatThrownBy(() -> filter.apply(PacketRules.removing() + "nonsense\n"))
                    .isInstanceOf(PacketFilter.Refused.class).hasMessageContaining("nft refuses the rules")
                    .hasMessageContaining("nonsense");
            assertThat(ruleset()).isEqualTo(before);
        });
    }

    @Test
    void whoMayNotSetRulesIsToldWhatIsMissing() {
        assertThat(PacketFilter.explained("/dev/stdin:1:1-5: Error: Could not process rule: Operation not permitted"))
                .contains("CAP_NET_ADMIN").contains("ambient-caps");
    }
}
