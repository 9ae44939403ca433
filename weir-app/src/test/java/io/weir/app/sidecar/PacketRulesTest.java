package io.weir.app.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.xds.spec.Interception;
import io.weir.xds.spec.Interception.Exempt;
import io.weir.xds.spec.Interception.Network;
import io.weir.xds.spec.Interception.Owners;
import io.weir.xds.spec.Interception.Ports;
import io.weir.xds.spec.Interception.Way;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacketRulesTest {
    private static final Interception PLAIN = new Interception(15_001, 15_006, Way.REDIRECT, true, Exempt.NONE,
            Exempt.NONE, new Owners(List.of("1337"), List.of()));

    @Test
    void connectionsOfBothWaysAreRedirectedButLoopbackAndWeirsOwn() {
        assertThat(PacketRules.setting(PLAIN)).isEqualTo("""
                table inet weir_sidecar
                delete table inet weir_sidecar
                table inet weir_sidecar {
                  chain outbound {
                    type nat hook output priority -100; policy accept;
                    oifname "lo" return
                    meta skuid 1337 return
                    meta l4proto tcp redirect to :15001
                  }

                  chain inbound {
                    type nat hook prerouting priority -100; policy accept;
                    iifname "lo" return
                    fib daddr type != local return
                    meta l4proto tcp redirect to :15006
                  }
                }
                """);
    }

    @Test
    void whatIsExcludedGoesPastWeir() {
        var how = new Interception(15_001, 15_006, Way.TPROXY, true,
                new Exempt(List.of(new Network("10.0.0.0", 8), new Network("fd00::", 8)),
                        List.of(new Ports(53, 53), new Ports(8000, 8100))),
                new Exempt(List.of(new Network("10.9.0.1", 32)), List.of(new Ports(22, 22))),
                new Owners(List.of("0", "ntp"), List.of("1337")));
        assertThat(PacketRules.setting(how)).isEqualTo("""
                table inet weir_sidecar
                delete table inet weir_sidecar
                table inet weir_sidecar {
                  chain outbound {
                    type nat hook output priority -100; policy accept;
                    oifname "lo" return
                    meta skuid 0 return
                    meta skuid "ntp" return
                    meta skgid 1337 return
                    ip daddr 10.0.0.0/8 return
                    ip6 daddr fd00::/8 return
                    tcp dport 53 return
                    tcp dport 8000-8100 return
                    meta l4proto tcp redirect to :15001
                  }

                  chain inbound {
                    type filter hook prerouting priority -150; policy accept;
                    iifname "lo" return
                    fib daddr type != local return
                    ip saddr 10.9.0.1/32 return
                    tcp dport 22 return
                    meta l4proto tcp tproxy to :15006 accept
                    tcp flags & (fin | syn | rst | ack) == syn reject with tcp reset
                  }

                  chain answers {
                    type route hook output priority -150; policy accept;
                    meta mark 15006 ct mark set meta mark return
                    ct mark 15006 meta mark set ct mark
                  }
                }
                """);
    }

    @Test
    void withoutIpv6ItsConnectionsAreLeftAloneAndNoRuleNamesItsNetworks() {
        var how = new Interception(15_001, 15_006, Way.REDIRECT, false,
                new Exempt(List.of(new Network("fd00::", 8)), List.of()), Exempt.NONE, Owners.NOBODY);
        assertThat(PacketRules.setting(how)).contains("meta nfproto ipv6 return").doesNotContain("ip6");
    }

    @Test
    void whatTakesTheRulesAwayFindsNoneWithoutFailing() {
        assertThat(PacketRules.removing()).isEqualTo("table inet weir_sidecar\ndelete table inet weir_sidecar\n");
    }
}
