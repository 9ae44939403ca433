package io.weir.http.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.GrpcHealthCheck;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.HttpHealthCheck;
import io.envoyproxy.envoy.extensions.filters.http.health_check.v3.HealthCheck;
import io.weir.http.check.GrpcCheck;
import io.weir.http.check.HttpCheck;
import io.weir.http.check.HttpCheck.Field;
import io.weir.http.check.HttpCheck.Present;
import io.weir.http.check.Statuses;
import io.weir.net.check.Expected;
import io.weir.xds.compile.Extensions;
import io.weir.xds.compile.ReadContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks over HTTP and gRPC, and the filter that answers them, as Envoy's messages say them. */
class HttpCheckReaderTest {
    private final ReadContext context = ReadContext.standalone(HttpExtensions.addTo(Extensions.basic()));

    private @Nullable HttpCheck http(String text) throws TextFormat.ParseException {
        return new HttpCheckReader().read(TextFormat.parse(text, HttpHealthCheck.class), context);
    }

    @Test
    void aPathAloneIsGetAndWants200() throws Exception {
        assertThat(http("path: '/h'")).isEqualTo(HttpCheck.get("/h"));
        assertThat(http("path: '/h' codec_client_type: HTTP2")).isEqualTo(HttpCheck.get("/h").withHttp2(true));
        assertThat(context.problems()).isEmpty();
    }

    @Test
    void everyFieldArrives() throws Exception {
        HttpCheck check = http("""
                host: 'shop.example' path: '/h' method: POST send { text: '50494e47' } receive { text: '6f6b' }
                receive { binary: '!' } response_buffer_size { value: 9 }
                request_headers_to_add { header { key: 'a' value: '1%%' } append_action: OVERWRITE_IF_EXISTS_OR_ADD }
                request_headers_to_add { header { key: 'b' value: '2' } append { value: true } }
                request_headers_to_remove: 'User-Agent'
                expected_statuses { start: 200 end: 204 } retriable_statuses { start: 500 end: 600 }
                """);
        assertThat(check).isEqualTo(new HttpCheck("POST", "shop.example", "/h", "PING",
                List.of(new Field("a", "1%", Present.REPLACED), new Field("b", "2", Present.BESIDE)),
                Set.of("user-agent"), new Statuses(List.of(new Statuses.Range(200, 204))),
                new Statuses(List.of(new Statuses.Range(500, 600))),
                Expected.of(List.of("ok".getBytes(StandardCharsets.US_ASCII), "!".getBytes(StandardCharsets.US_ASCII))),
                9, null));
        assertThat(http("path: '/h' service_name_matcher { prefix: 'shop' }")).satisfies(
                named -> assertThat(named.serviceName()).isNotNull());
        assertThat(context.problems()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "path: '/a b' | path: a path cannot hold spaces", "path: '/' host: 'a/b' | host: not a host name",
            "path: '/' codec_client_type: HTTP3 | codec_client_type",
            "path: '/' send { text: '00' } | send: a request of method GET has no body",
            "path: '/' receive { text: '0' } | receive[0].text: text is bytes in hexadecimal",
            "path: '/' expected_statuses { start: 200 end: 200 } | expected_statuses[0]",
            "path: '/' retriable_statuses { start: 99 end: 200 } | retriable_statuses[0]",
            "path: '/' request_headers_to_add { header { key: 'a' value: '%START_TIME%' } } | no request or connection",
            "path: '/' request_headers_to_add { header { key: 'host' value: 'a' } } | cannot be changed here",
            "path: '/' request_headers_to_remove: 'a b' | request_headers_to_remove[0]",
    })
    void whatCannotBeIsTold(String text, String told) throws Exception {
        http(text);
        assertThat(context.problems().toString()).contains(told);
    }

    @Test
    void aCheckByGrpcHasServiceAuthorityAndMetadata() throws Exception {
        var text = "service_name: 's' authority: 'a.example' initial_metadata { header { key: 'k' value: 'v' } }";
        assertThat(new GrpcCheckReader().read(TextFormat.parse(text, GrpcHealthCheck.class), context))
                .isEqualTo(new GrpcCheck("s", "a.example", List.of(new Field("k", "v", Present.BESIDE))));
        assertThat(context.problems()).isEmpty();
    }

    @Test
    void theFilterKeepsAnswersOrLooksAtClustersAndNotBoth() throws Exception {
        var reader = new HealthFilterReader();
        var spec = reader.read(TextFormat.parse("pass_through_mode {} cluster_min_healthy_percentages"
                + " { key: 'a' value { value: 12.9 } }", HealthCheck.class), context);
        assertThat(spec.healthyPercents()).isEqualTo(Map.of("a", 12));
        assertThat(context.clustersReferenced()).containsExactly("a");
        assertThat(reader.read(TextFormat.parse("pass_through_mode { value: true } cache_time { seconds: 1 }",
                HealthCheck.class), context).cacheNanos()).isEqualTo(1_000_000_000L);
        assertThat(context.problems()).isEmpty();
        reader.read(TextFormat.parse("pass_through_mode {} cache_time { seconds: 1 }", HealthCheck.class), context);
        reader.read(TextFormat.parse("pass_through_mode { value: true } cluster_min_healthy_percentages"
                + " { key: 'a' value { value: 12 } }", HealthCheck.class), context);
        reader.read(TextFormat.parse("pass_through_mode {} cluster_min_healthy_percentages"
                + " { key: 'a' value { value: 112 } }", HealthCheck.class), context);
        assertThat(context.problems()).hasSize(3);
    }
}
