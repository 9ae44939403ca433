package io.weir.stream.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC;
import io.netty.channel.embedded.EmbeddedChannel;
import io.weir.core.stats.Stats;
import io.weir.net.transport.Workers;
import io.weir.xds.compile.Extensions;
import io.weir.xds.compile.ReadContext;
import io.weir.xds.resource.Problem;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the rules of connections may say, and what is counted of them. */
class AccessReaderTest {
    private static RBAC.Builder rules(Permission permission, Principal principal) {
        var policy = Policy.newBuilder().addPermissions(permission).addPrincipals(principal);
        return RBAC.newBuilder().setStatPrefix("door.").setRules(
                io.envoyproxy.envoy.config.rbac.v3.RBAC.newBuilder().putPolicies("one", policy.build()));
    }

    private static final Permission ANYTHING = Permission.newBuilder().setAny(true).build();
    private static final Principal ANYBODY = Principal.newBuilder().setAny(true).build();

    @Test
    void aRuleAboutRequestsIsRefusedAndTheFilterForItNamed() {
        var context = ReadContext.standalone(Extensions.basic());
        var header = Permission.newBuilder().setHeader(HeaderMatcher.newBuilder().setName("a").setPresentMatch(true));
        assertThat(new AccessReader().read(
                rules(Permission.newBuilder().setNotRule(header).build(), ANYBODY).build(), context)).isNull();
        assertThat(context.problems()).extracting(Problem::path, Problem::message).containsExactly(tuple(
                "rules.policies[one].permissions[0].not_rule.header", "a connection has no requests to look at"));
        assertThat(context.problems().getFirst().cure()).contains("envoy.filters.http.rbac");
    }

    @Test
    void aNetworkThatIsNoneIsRefused() {
        var context = ReadContext.standalone(Extensions.basic());
        var nowhere = Principal.newBuilder().setRemoteIp(CidrRange.newBuilder().setAddressPrefix("shop.example"));
        assertThat(new AccessReader().read(rules(ANYTHING, nowhere.build()).build(), context)).isNull();
        assertThat(context.problems()).extracting(Problem::path)
                .containsExactly("rules.policies[one].principals[0].remote_ip");
    }

    @Test
    void whoIsLetInIsCountedAndWhoWouldNotBeIsCountedApart() {
        var context = ReadContext.standalone(Extensions.basic());
        var nobody = Principal.newBuilder().setNotId(ANYBODY).build();
        var spec = Objects.requireNonNull(new AccessReader().read(rules(ANYTHING, ANYBODY)
                .setShadowRules(rules(ANYTHING, nobody).getRules()).setShadowRulesStatPrefix("next.").build(),
                context));
        var stats = new Stats();
        var channel = new EmbeddedChannel();
        try (var workers = Workers.start(1)) {
            var worker = workers.all().getFirst();
            new RuledAcceptor(spec, stats, (_, _) -> {
            }).accepted(worker, channel);
        }
        assertThat(channel.isOpen()).isTrue();
        assertThat(stats.root().child("door").child("rbac").counter("allowed").value()).isEqualTo(1);
        assertThat(stats.root().child("door").child("rbac").counter("denied").value()).isZero();
        assertThat(stats.root().child("door").child("rbac").child("next").counter("shadow_denied").value())
                .isEqualTo(1);
        channel.finishAndReleaseAll();
    }
}
