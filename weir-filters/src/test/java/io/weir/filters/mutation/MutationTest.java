package io.weir.filters.mutation;

import static io.weir.filters.FilteredProxy.filter;
import static io.weir.filters.FilteredProxy.perFilter;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.filters.FilteredProxy;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Fields and queries that are changed on their way, over real sockets. */
@Timeout(60)
final class MutationTest {
    private static final String MUTATION = "envoy.extensions.filters.http.header_mutation.v3.HeaderMutation";
    private static final String PER_ROUTE = "envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute";

    private static String append(String key, String value, String more) {
        return "{ append: { header: { key: " + key + ", value: \"" + value + "\" }"
                + (more.isEmpty() ? "" : ", " + more) + " } }";
    }

    private static String overwrite(String key, String value) {
        return append(key, value, "append_action: OVERWRITE_IF_EXISTS_OR_ADD");
    }

    private static FilteredProxy mutations(String config) {
        return filter(MUTATION, "mutations: { " + config + " }");
    }

    private static HttpMessage ask(ProxyFixture proxy, String path, String lines) throws Exception {
        try (var client = proxy.client()) {
            return client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n").response();
        }
    }

    @Test
    void trailersOfRequestsAreChangedBehindTheBody() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = mutations("request_trailers_mutations: [ " + append("x-sum", "%PROTOCOL%", "")
                        + ", { remove: x-gone } ], response_trailers_mutations: [ " + append("x-b", "1", "") + " ]")
                        .before(origin);
                var client = proxy.client()) {
            for (int i = 0; i < 2; i++) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n"
                        + "x-kept: 2\r\nx-gone: 3\r\n\r\n");
                assertThat(client.response().body()).isEqualTo("hello");
                var request = origin.requests().getLast();
                assertThat(request.body()).isEqualTo("body");
                assertThat(request.trailers().stream().map(field -> field.name() + "=" + field.value()))
                        .containsExactlyInAnyOrder("x-kept=2", "x-sum=HTTP/1.1");
            }
        }
    }

    @Test
    void fieldsOfRequestsAreChangedInTheOrderInWhichItIsWritten() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = mutations("request_mutations: [ " + append("x-a", "%REQ(x-old)%", "")
                        + ", { remove: x-old }, "
                        + overwrite("x-b", "%PROTOCOL%") + ", " + append("x-c", "no", "append_action: ADD_IF_ABSENT")
                        + ", " + append("x-d", "no", "append_action: OVERWRITE_IF_EXISTS")
                        + ", { remove_on_match: { key_matcher: { prefix: x-secret- } } } ]").before(origin)) {
            ask(proxy, "/", "X-Old: 1\r\nX-B: was\r\nX-C: yes\r\nX-Secret-One: 1\r\nx-secret-two: 2\r\nx-kept: 3\r\n");
            var request = origin.requests().getFirst();
            assertThat(request.headers("x-a")).containsExactly("1");
            assertThat(request.headers("x-old")).isEmpty();
            assertThat(request.headers("x-b")).containsExactly("HTTP/1.1");
            assertThat(request.headers("x-c")).containsExactly("yes");
            assertThat(request.headers("x-d")).isEmpty();
            assertThat(request.headers("x-secret-one")).isEmpty();
            assertThat(request.headers("x-secret-two")).isEmpty();
            assertThat(request.headers("x-kept")).containsExactly("3");
        }
    }

    @Test
    void everythingMayBeRemovedButTheHostStays() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = mutations("request_mutations: [ { remove_on_match: { key_matcher: { prefix: \"\" } } } ]")
                        .before(origin)) {
            assertThat(ask(proxy, "/", "X-A: 1\r\n").status()).isEqualTo(200);
            assertThat(origin.requests().getFirst().headers("host")).containsExactly("a");
            assertThat(origin.requests().getFirst().headers("x-a")).isEmpty();
        }
    }

    @Test
    void responsesAreChangedWhoeverTheyComeFrom() throws Exception {
        try (var origin = Origin.sending("HTTP/1.1 200 OK\r\nX-Powered-By: p\r\nContent-Length: 0\r\n\r\n");
                var proxy = filter(MUTATION, "mutations: { response_mutations: [ { remove: x-powered-by }, "
                        + append("x-status", "%RESPONSE_CODE%", "") + " ] }", "",
                        "- { match: { prefix: /own }, direct_response: { status: 204 } }\n"
                                + "- { match: { prefix: / }, route: { cluster: origins } }")
                        .before(origin)) {
            var response = ask(proxy, "/", "");
            assertThat(response.header("x-powered-by")).isEmpty();
            assertThat(response.header("x-status")).contains("200");
            assertThat(ask(proxy, "/own", "").header("x-status")).contains("204");
        }
    }

    @Test
    void trailersOfResponsesAreChanged() throws Exception {
        try (var origin = Origin.sending("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
                + "x-sum: 1\r\nx-gone: 2\r\n\r\n");
                var proxy = mutations("response_trailers_mutations: [ { remove: x-gone }, " + overwrite("x-sum", "3")
                        + " ]").before(origin)) {
            assertThat(ask(proxy, "/", "TE: trailers\r\n").trailers()).extracting(HttpMessage.Field::toString)
                    .containsExactly(new HttpMessage.Field("x-sum", "3").toString());
        }
    }

    @Test
    void parametersOfQueriesAreChangedAndTheOthersStayAsTheyWere() throws Exception {
        String query = "query_parameter_mutations: [ { remove: gone }, "
                + "{ append: { record: { key: a b, value: \"1&%PROTOCOL%\" } } }, "
                + "{ append: { record: { key: once, value: new }, action: OVERWRITE_IF_EXISTS_OR_ADD } }, "
                + "{ append: { record: { key: there, value: nay }, action: ADD_IF_ABSENT } }, "
                + "{ append: { record: { key: absent, value: nay }, action: OVERWRITE_IF_EXISTS } } ]";
        try (var origin = Origin.answering("hello"); var proxy = mutations(query).before(origin)) {
            ask(proxy, "/p?x=%41&gone=1&once=1&g%6Fne&there=1&once=2&&y", "");
            ask(proxy, "/p", "");
            assertThat(origin.requests().get(0).target())
                    .isEqualTo("/p?x=%41&once=new&there=1&&y&a%20b=1%26HTTP%2F1.1");
            assertThat(origin.requests().get(1).target())
                    .isEqualTo("/p?a%20b=1%26HTTP%2F1.1&once=new&there=nay");
        }
    }

    private static String order(boolean mostSpecificWins) throws Exception {
        String mine = "mutations: { request_mutations: [ ";
        try (var origin = Origin.answering("hello");
                var proxy = filter(MUTATION,
                        mine + overwrite("x-own", "manager") + " ] }, most_specific_header_mutations_wins: "
                                + mostSpecificWins,
                        perFilter(PER_ROUTE, mine + overwrite("x-level", "host") + ", " + overwrite("x-own", "host")
                                + " ] }") + "\n",
                        "- { match: { prefix: / }, route: { cluster: origins }, "
                                + perFilter(PER_ROUTE, mine + overwrite("x-level", "route") + " ] }") + " }")
                        .before(origin)) {
            ask(proxy, "/", "");
            var request = origin.requests().getFirst();
            return request.header("x-own").orElse("") + " " + request.header("x-level").orElse("");
        }
    }

    @Test
    void allLevelsApplyAndTheOutermostOfTheRoutesHasTheLastWord() throws Exception {
        assertThat(order(false)).isEqualTo("host host");
    }

    @Test
    void theInnermostHasTheLastWordWhereItIsToldSo() throws Exception {
        assertThat(order(true)).isEqualTo("host route");
    }

    @Test
    void mistakesAreToldWithTheirPlace() {
        assertThat(mutations("request_mutations: [ { remove: \":path\" } ]").problems()).singleElement().asString()
                .startsWith("ERROR").contains("mutations.request_mutations[0].remove");
        assertThat(mutations("response_mutations: [ " + append("x-a", "%NOTHING%", "") + " ]").problems())
                .singleElement().asString().startsWith("ERROR").contains("response_mutations[0].append.header.value");
        assertThat(mutations("query_parameter_mutations: [ { append: { record: { key: a, value: 1 } } } ]").problems())
                .singleElement().asString().startsWith("ERROR").contains("query_parameter_mutations[0]");
        assertThat(mutations("query_parameter_mutations: [ {} ]").problems())
                .singleElement().asString().startsWith("ERROR").contains("query_parameter_mutations[0]");
    }
}
