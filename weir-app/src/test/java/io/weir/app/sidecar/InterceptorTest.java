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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules that the real nft and ip set, in a network of the test's own. */
class InterceptorTest {
    private static final String OTHERS = "table ip other {\n  chain c {\n    ip daddr 10.0.0.1 accept\n  }\n}\n";

    private static Interception how(Way way) {
        var networks = List.of(new Network("10.0.0.0", 8), new Network("10.1.0.0", 16), new Network("fd00::", 8));
        var exempt = new Exempt(networks, List.of(new Ports(22, 22), new Ports(20, 30)));
        return new Interception(15_001, 15_006, way, true, exempt, exempt,
                new Owners(List.of("1337", "nobody"), List.of("nogroup")));
    }

    private static String ruleset() throws Exception {
        return said("nft", "list", "ruleset");
    }

    private static String said(String program, String... words) throws Exception {
        var command = new ArrayList<>(List.of(Peers.require(program).toString()));
        command.addAll(List.of(words));
        Process nft = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void everyRuleIsTakenAgainAndAgainAndLeavesOthersTablesAlone() throws Exception {
        OwnNetwork.run(List.of(), OTHERS, () -> {
            Interceptor ours = Interceptor.ours();
            ours.remove();
            for (Way way : Way.values()) {
                ours.set(how(way));
                ours.set(how(way));
                assertThat(ruleset()).contains("table ip other", "table inet weir_sidecar", "oifname \"lo\" return",
                        "meta skuid 1337 return", "ip daddr 10.1.0.0/16 return", "tcp dport 20-30 return",
                        way == Way.TPROXY ? "tproxy to :15006 accept" : "redirect to :15006")
                        .containsOnlyOnce("chain outbound");
                for (String family : List.of("-4", "-6")) {
                    assertThat(said("ip", family, "rule").split("fwmark", -1)).hasSize(way == Way.TPROXY ? 2 : 1);
                }
            }
            ours.remove();
            assertThat(ruleset()).contains("table ip other").doesNotContain("weir_sidecar");
            assertThat(said("ip", "rule") + said("ip", "-6", "rule")).doesNotContain("fwmark");
        });
    }

    @Test
    void aScriptThatNftRefusesChangesNothingAndIsToldInItsWords() throws Exception {
        OwnNetwork.run(List.of(), "", () -> {
            Interceptor ours = Interceptor.ours();
            ours.set(how(Way.REDIRECT));
            String before = ruleset();
            var unknown = how(Way.REDIRECT).ownedBy(new Owners(List.of("weir-has-no-such-user"), List.of()));
            assertThatThrownBy(() -> ours.set(unknown)).isInstanceOf(Interceptor.Refused.class)
                    .hasMessageContaining("nft refuses").hasMessageContaining("weir-has-no-such-user");
            assertThat(ruleset()).isEqualTo(before);
        });
    }

    private static String marks() throws Exception {
        return said("ip", "-4", "rule", "list", "fwmark", "15006")
                + said("ip", "-6", "rule", "list", "fwmark", "15006");
    }

    @Test
    void whatNftRefusesLeavesNoRoutesBehindAndTakesNoneAway() throws Exception {
        OwnNetwork.run(List.of(), "", () -> {
            Interceptor ours = Interceptor.ours();
            var unknown = how(Way.TPROXY).ownedBy(new Owners(List.of("weir-has-no-such-user"), List.of()));
            assertThatThrownBy(() -> ours.set(unknown)).isInstanceOf(Interceptor.Refused.class);
            assertThat(marks()).isEmpty();
            assertThat(ruleset()).isEmpty();
            ours.set(how(Way.TPROXY));
            String before = marks();
            assertThat(before.lines()).hasSize(2);
            String rules = ruleset();
            var nobody = how(Way.REDIRECT).ownedBy(new Owners(List.of("weir-has-no-such-user"), List.of()));
            for (Interception refused : List.of(unknown, nobody)) {
                assertThatThrownBy(() -> ours.set(refused)).isInstanceOf(Interceptor.Refused.class);
                assertThat(marks()).isEqualTo(before);
                assertThat(said("ip", "route", "show", "table", "15006")).contains("local default dev lo");
                assertThat(ruleset()).isEqualTo(rules);
            }
        });
    }

    @Test
    void anothersRuleOfTheSameMarkIsNotTakenForOurs() throws Exception {
        OwnNetwork.run(List.of(), "", () -> {
            said("ip", "-4", "rule", "add", "fwmark", "15006", "lookup", "77");
            Interceptor.ours().set(how(Way.TPROXY));
            assertThat(said("ip", "-4", "rule")).contains("lookup 77").contains("lookup 15006");
        });
    }

    @Test
    void routesGoWithWhatNeedsThem() throws Exception {
        OwnNetwork.run(List.of(), "", () -> {
            Interceptor ours = Interceptor.ours();
            ours.set(how(Way.TPROXY));
            assertThat(marks().lines()).hasSize(2);
            ours.set(how(Way.TPROXY).withoutIpv6());
            assertThat(marks().lines()).as("of IPv4 alone").hasSize(1);
            ours.set(how(Way.REDIRECT));
            assertThat(marks()).isEmpty();
            assertThat(said("ip", "route", "show", "table", "15006")).doesNotContain("local");
        });
    }

    @Test
    void whoMayNotSetRulesIsToldWhatIsMissing() {
        assertThat(Interceptor.explained("nft",
                "/dev/stdin:1:1-5: Error: Could not process rule: Operation not permitted"))
                .contains("CAP_NET_ADMIN").contains("ambient-caps");
    }
}
