package io.weir.filters.iptag;

import static io.weir.filters.FilteredProxy.filter;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.route.tree.Network;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which tags a client's address has, and where they go. */
@Timeout(60)
final class IpTagTest {
    private static final String TAGGING = "envoy.extensions.filters.http.ip_tagging.v3.IPTagging";
    private static final String TAGS = "ip_tags: [ { ip_tag_name: home, ip_list: [ { address_prefix: 127.0.0.0, "
            + "prefix_len: 8 }, { address_prefix: \"::1\", prefix_len: 128 } ] }, { ip_tag_name: far, ip_list: [ "
            + "{ address_prefix: 10.1.0.0, prefix_len: 16 } ] }, { ip_tag_name: all, ip_list: [ "
            + "{ address_prefix: 0.0.0.0, prefix_len: 0 } ] } ]";

    private static HttpMessage ask(ProxyFixture proxy, String fields) throws IOException {
        try (var client = proxy.client()) {
            return client.send("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n").response();
        }
    }

    @Test
    void namesOfTheClientsNetworksGoBehindThoseThatAreThere() throws Exception {
        try (var origin = Origin.answering("hello"); var proxy = filter(TAGGING, TAGS).before(origin)) {
            ask(proxy, "");
            assertThat(origin.requests().getLast().headers("x-envoy-ip-tags")).containsExactly("home,all");
            ask(proxy, "X-Forwarded-For: 10.1.2.3\r\nx-envoy-ip-tags: old\r\n");
            assertThat(origin.requests().getLast().headers("x-envoy-ip-tags")).containsExactly("old,far,all");
            var numbers = proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "test")
                    .child("ip_tagging");
            assertThat(numbers.counter("far.hit").value()).isEqualTo(1);
            assertThat(numbers.counter("all.hit").value()).isEqualTo(2);
            assertThat(numbers.counter("total").value()).isEqualTo(2);
        }
    }

    @Test
    void whatClientsSayOfThemselvesGoesWhereThatIsSaid() throws Exception {
        String tags = "ip_tags: [ { ip_tag_name: far, ip_list: [ { address_prefix: 10.1.0.0, prefix_len: 16 } ] } ], "
                + "ip_tag_header: { header: x-tags }";
        try (var origin = Origin.answering("hello"); var proxy = filter(TAGGING, tags).before(origin)) {
            ask(proxy, "X-Tags: far\r\n");
            assertThat(origin.requests().getLast().headers("x-tags")).isEmpty();
            ask(proxy, "X-Tags: near\r\nX-Forwarded-For: 10.1.2.3\r\n");
            assertThat(origin.requests().getLast().headers("x-tags")).containsExactly("far");
        }
    }

    @Test
    void ourOwnRequestsMayBeLeftOutOrBeTheOnlyOnes() throws Exception {
        for (String type : List.of("INTERNAL", "EXTERNAL")) {
            try (var origin = Origin.answering("hello");
                    var proxy = filter(TAGGING, TAGS + ", request_type: " + type).before(origin)) {
                ask(proxy, "");
                boolean external = origin.requests().getLast().headers("x-envoy-ip-tags").isEmpty();
                ask(proxy, "x-envoy-internal: true\r\n");
                assertThat(origin.requests().getLast().headers("x-envoy-ip-tags").isEmpty()).as(type)
                        .isNotEqualTo(external);
                assertThat(external).isEqualTo(type.equals("INTERNAL"));
            }
        }
    }

    @Test
    void routesMayGoByTags() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = filter(TAGGING, TAGS, "", "- { match: { prefix: /, headers: [ { name: x-envoy-ip-tags, "
                        + "string_match: { contains: far } } ] }, direct_response: { status: 418 } }\n"
                        + "- { match: { prefix: / }, route: { cluster: origins } }").before(origin)) {
            assertThat(ask(proxy, "").status()).isEqualTo(200);
            assertThat(ask(proxy, "X-Forwarded-For: 10.1.2.3\r\n").status()).isEqualTo(418);
        }
    }

    @Test
    void theIndexFindsWhatAWalkOverAllNetworksFinds() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            var tags = new ArrayList<List<Network>>();
            for (int i = 0; i < 8; i++) {
                var networks = new ArrayList<Network>();
                for (int j = random.nextInt(6); j > 0; j--) {
                    byte[] address = address(random);
                    networks.add(new Network(address, random.nextInt(8 * address.length + 1)));
                }
                tags.add(networks);
            }
            var index = new NetworkTags(tags);
            for (int i = 0; i < 100; i++) {
                byte[] address = address(random);
                var expected = new ArrayList<Integer>();
                for (int tag = 0; tag < tags.size(); tag++) {
                    if (tags.get(tag).stream().anyMatch(network -> network.contains(address))) {
                        expected.add(tag);
                    }
                }
                assertThat(index.of(address)).as("seed %d", seed).isEqualTo(expected);
            }
        }
    }

    /** Of few different bytes, so that networks hold some. */
    private static byte[] address(Random random) {
        byte[] address = new byte[random.nextBoolean() ? 4 : 16];
        for (int i = 0; i < address.length; i++) {
            address[i] = (byte) (random.nextInt(2) * 0x81);
        }
        return address;
    }

    @Test
    void aNetworkThatIsNoneIsTold() {
        assertThat(Objects.requireNonNull(filter(TAGGING, "ip_tags: [ { ip_tag_name: a, ip_list: [ { address_prefix: "
                + "10.0.0.0, prefix_len: 33 } ] } ]").problems())).singleElement().asString().startsWith("ERROR")
                .contains("ip_tags[0].ip_list[0]");
    }
}
