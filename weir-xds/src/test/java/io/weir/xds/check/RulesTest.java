package io.weir.xds.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import com.github.xds.core.v3.CidrRange;
import com.google.protobuf.Message;
import com.linecorp.armeria.internal.shaded.xds.pgv.ReflectiveValidatorIndex;
import com.linecorp.armeria.internal.shaded.xds.pgv.ValidationException;
import com.linecorp.armeria.internal.shaded.xds.pgv.Validator;
import com.linecorp.armeria.internal.shaded.xds.pgv.ValidatorIndex;

import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.bootstrap.v3.Admin;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RateLimit;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.type.matcher.v3.AddressMatcher;
import io.envoyproxy.envoy.type.matcher.v3.FilterStateMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.ConfigText;
import io.weir.xds.yaml.MessageTypes;
import io.weir.xds.yaml.Positions;
import io.weir.xds.yaml.ProtoReader;
import io.weir.xds.yaml.RandomMessages;
import io.weir.xds.yaml.Read;

class RulesTest {
    private static final List<Message> PROTOTYPES = List.of(Bootstrap.getDefaultInstance(),
            Admin.getDefaultInstance(), Cluster.getDefaultInstance(), CircuitBreakers.getDefaultInstance(),
            OutlierDetection.getDefaultInstance(), Address.getDefaultInstance(), ApiConfigSource.getDefaultInstance(),
            HealthCheck.getDefaultInstance(), Http2ProtocolOptions.getDefaultInstance(),
            ClusterLoadAssignment.getDefaultInstance(), LbEndpoint.getDefaultInstance(),
            FilterChain.getDefaultInstance(), Listener.getDefaultInstance(), Policy.getDefaultInstance(),
            HeaderMatcher.getDefaultInstance(), RateLimit.getDefaultInstance(), RetryPolicy.getDefaultInstance(),
            Route.getDefaultInstance(), RouteConfiguration.getDefaultInstance(), RouteMatch.getDefaultInstance(),
            VirtualHost.getDefaultInstance(), HTTPFault.getDefaultInstance(), Router.getDefaultInstance(),
            HttpConnectionManager.getDefaultInstance(), TcpProxy.getDefaultInstance(),
            CommonTlsContext.getDefaultInstance(), HttpProtocolOptions.getDefaultInstance(),
            StringMatcher.getDefaultInstance(), AccessLogFilter.getDefaultInstance());

    private static List<Problem> check(Message message) {
        List<Problem> out = new ArrayList<>();
        Rules.check(message, "", Positions.none(), out);
        return out;
    }

    private static List<String> checkText(String text) {
        Read<Bootstrap> read = new ProtoReader(MessageTypes.envoy())
                .read(Objects.requireNonNull(ConfigText.parse("f", text).root()), Bootstrap.getDefaultInstance(), "");
        assertThat(read.problems()).isEmpty();
        List<Problem> out = new ArrayList<>();
        Rules.check(read.message(), "", read.positions(), out);
        return out.stream().map(Problem::toString).toList();
    }

    @Test
    void theVerdictIsThatOfTheGeneratedValidators() {
        long seed = System.nanoTime();
        RandomMessages random = new RandomMessages(seed);
        ValidatorIndex validators = allTheWay();
        int valid = 0;
        int invalid = 0;
        for (int round = 0; round < 40; round++) {
            for (Message prototype : PROTOTYPES) {
                Message message = random.tame(prototype, round % 4);
                for (int i = round % 5; i > 0; i--) {
                    message = random.mutated(message);
                }
                String theirs = verdict(validators, message);
                List<Problem> ours = check(message);
                assertThat(ours.isEmpty()).as("seed %s, %s: generated says <%s>, rules say %s of%n%s", seed,
                        prototype.getDescriptorForType().getName(), theirs, ours, message).isEqualTo(theirs.isEmpty());
                if (theirs.isEmpty()) {
                    valid++;
                } else {
                    invalid++;
                }
            }
        }
        assertThat(valid).as("valid messages, seed %s", seed).isGreaterThan(100);
        assertThat(invalid).as("invalid messages, seed %s", seed).isGreaterThan(100);
    }

    /**
     * Files of Envoy that do not import validate.proto (type/matcher/v3/address.proto) have no generated validator in
     * Java, though what they hold has one. Envoy's own validators go through them; so does this.
     */
    private static ValidatorIndex allTheWay() {
        ValidatorIndex[] whole = new ValidatorIndex[1];
        whole[0] = new ReflectiveValidatorIndex(new ValidatorIndex() {
            @Override
            @SuppressWarnings("rawtypes") // as the interface has it
            public <T> Validator<T> validatorFor(Class type) {
                return value -> {
                    for (Message part : partsOf((Message) value)) {
                        whole[0].<Message>validatorFor(part.getClass()).assertValid(part);
                    }
                };
            }
        });
        return whole[0];
    }

    private static List<Message> partsOf(Message message) {
        List<Message> parts = new ArrayList<>();
        for (Object value : message.getAllFields().values()) {
            for (Object each : value instanceof List<?> several ? several : List.of(value)) {
                if (each instanceof Message part) {
                    parts.add(part);
                }
            }
        }
        return parts;
    }

    @Test
    void theGeneratedValidatorsAreAskedAboutWhatStandsInMessagesWithout() {
        FilterStateMatcher empty = FilterStateMatcher.newBuilder().setKey("x")
                .setAddressMatch(AddressMatcher.newBuilder().addRanges(CidrRange.getDefaultInstance())).build();
        assertThat(verdict(allTheWay(), empty)).contains("address_prefix");
        assertThat(check(empty)).extracting(Problem::toString)
                .containsExactly("address_match.ranges[0].address_prefix: this is required; add address_prefix");
    }

    private static String verdict(ValidatorIndex validators, Message message) {
        try {
            validators.validatorFor(message.getClass()).assertValid(message);
            return "";
        } catch (ValidationException e) {
            return e.getField() + " " + e.getMessage();
        }
    }

    @Test
    void everyViolationIsNamedWithItsPlaceAndCure() {
        assertThat(checkText(
                """
                        static_resources:
                          clusters:
                          - connect_timeout: 0s
                            lb_policy: 77
                            load_assignment:
                              cluster_name: a
                              endpoints:
                              - priority: 1000
                                lb_endpoints:
                                - endpoint: { address: { socket_address: { address: h, port_value: 70000 } } }
                          listeners:
                          - filter_chains:
                            - filters:
                              - name: hcm
                                typed_config:
                                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                                  route_config:
                                    virtual_hosts:
                                    - name: v
                                      domains: []
                                      routes:
                                      - match: { prefix: / }
                                        response_headers_to_add: [ { header: { key: "", value: "a\\nb" } } ]
                        """))
                .containsExactlyInAnyOrder(
                        "f:3:5: static_resources.clusters[0].name: this is required; add name",
                        "f:3:22: static_resources.clusters[0].connect_timeout: out of range (0s); write a"
                                + " duration of more than 0s",
                        "f:4:16: static_resources.clusters[0].lb_policy: this value is not allowed here (77);"
                                + " write one of:"
                                + " ROUND_ROBIN, LEAST_REQUEST, RING_HASH, RANDOM, MAGLEV, CLUSTER_PROVIDED,"
                                + " LOAD_BALANCING_POLICY_CONFIG",
                        "f:8:19: static_resources.clusters[0].load_assignment.endpoints[0].priority: out of"
                                + " range (1000); write a number of at most 128",
                        "f:10:76: static_resources.clusters[0].load_assignment.endpoints[0].lb_endpoints[0]"
                                + ".endpoint.address.socket_address.port_value: out of range (70000); write a"
                                + " number of at most 65535",
                        "f:15:9: static_resources.listeners[0].filter_chains[0].filters[0].typed_config"
                                + ".stat_prefix: this is required; add stat_prefix",
                        "f:20:15: static_resources.listeners[0].filter_chains[0].filters[0].typed_config.route_config"
                                + ".virtual_hosts[0].domains: at least 1 item is required (0 items); add 1",
                        "f:22:17: static_resources.listeners[0].filter_chains[0].filters[0].typed_config.route_config"
                                + ".virtual_hosts[0].routes[0]: Route lacks its action; add one of: route, redirect,"
                                + " direct_response, filter_action, non_forwarding_action",
                        "f:23:61: static_resources.listeners[0].filter_chains[0].filters[0].typed_config.route_config"
                                + ".virtual_hosts[0].routes[0].response_headers_to_add[0].header.key: this is required;"
                                + " add key",
                        "f:23:72: static_resources.listeners[0].filter_chains[0].filters[0].typed_config.route_config"
                                + ".virtual_hosts[0].routes[0].response_headers_to_add[0].header.value: this"
                                + " may not contain a"
                                + " line break or a zero byte (a\\nb); write it in one line");
    }

    @ParameterizedTest
    @CsvSource({"::, true", "::1, true", "1::, true", "1:2:3:4:5:6:7:8, true", "::ffff:10.0.0.1, true",
            "64:ff9b::10.0.0.1, true", "1:2:3:4:5:6:1.2.3.4, true", "1:2:3:4:5:6:7:1.2.3.4, false", ":, false",
            ":1, false",
            "1:, false", "1:2:3:4:5:6:7, false", "1::2::3, false", "12345::, false", "::1.2.3, false", "1:::2, false",
            "1.2.3.4, false", "g::, false", "1:2:3:4:5:6:7::, true", "::2:3:4:5:6:7:8, true",
            "1::2:3:4:5:6:7:8, false"})
    void anIpv6AddressIsKnown(String text, boolean is) {
        assertThat(TextForms.isIpv6(text)).isEqualTo(is);
    }

    @ParameterizedTest
    @CsvSource({"1.2.3.4, true", "255.255.255.255, true", "256.1.1.1, false", "1.2.3, false", "1.2.3.4.5, false",
            "01.2.3.4, false", "a.b.c.d, false", "1..2.3, false", "0.0.0.0, true"})
    void anIpv4AddressIsKnown(String text, boolean is) {
        assertThat(TextForms.isIpv4(text)).isEqualTo(is);
    }

    @Test
    void otherFormsAreKnown() {
        assertThat(TextForms.isHostname("a-b.example.com.")).isTrue();
        assertThat(TextForms.isHostname("-a.example")).isFalse();
        assertThat(TextForms.isHostname("a..b")).isFalse();
        assertThat(TextForms.isUri("http://a/b?c", true)).isTrue();
        assertThat(TextForms.isUri("/b", true)).isFalse();
        assertThat(TextForms.isUri("/b", false)).isTrue();
        assertThat(TextForms.isUuid("01234567-89ab-cdef-0123-456789abcdef")).isTrue();
        assertThat(TextForms.isUuid("01234567-89ab-cdef-0123-456789abcdeg")).isFalse();
        assertThat(TextForms.isEmail("ops@shop.example")).isTrue();
        assertThat(TextForms.isEmail("shop.example")).isFalse();
        assertThat(TextForms.isHeaderName(":path")).isTrue();
        assertThat(TextForms.isHeaderName("a b")).isFalse();
        assertThat(TextForms.isHeaderValue("a\tb")).isTrue();
        assertThat(TextForms.isHeaderValue("a\u0001b")).isFalse();
    }
}
