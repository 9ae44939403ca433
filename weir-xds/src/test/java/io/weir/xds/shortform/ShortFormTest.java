package io.weir.xds.shortform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;

import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.weir.xds.compile.Compiled;
import io.weir.xds.compile.ConfigFile;
import io.weir.xds.compile.StandIns;
import io.weir.xds.message.DemoMessage;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.ProtoPrinter;
import io.weir.xds.yaml.MessageTypes;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShortFormTest {

    private static final String SERVICES = "\nservices: { a: { at: 10.0.0.1:80 }, b: { at: 10.0.0.2:80 } }\n";

    private static Bootstrap bootstrap(String text) {
        ConfigFile.Loaded loaded = ConfigFile.read("s.yaml", text, StandIns.extensions());
        assertThat(loaded.problems()).isEmpty();
        return Objects.requireNonNull(loaded.bootstrap());
    }

    private static String expanded(String text) {
        return ProtoPrinter
                .of(MessageTypes.envoy().with(DemoMessage.prototype(), PolicyMessages.peakEwma(),
                        PolicyMessages.prequal(), PolicyMessages.randomSubsetting()))
                .yaml(bootstrap(text))
                .replaceAll("\\s+", " ");
    }

    private static List<String> problems(String text) {
        Compiled compiled = ConfigFile.compile("s.yaml", text, StandIns.extensions());
        return compiled instanceof Compiled.Rejected rejected
                ? rejected.problems().stream().filter(Problem::isError).map(Problem::toString).toList()
                : List.of();
    }

    @Test
    void aRouteAsksASecondEndpointWithinABoundOfTheLoad() {
        assertThat(expanded("listen: { on: 80, routes: { to: a, hedge: 1% } }" + SERVICES))
                .contains("metadata: filter_metadata: weir.hedging: extra_load: \"1%\"");
        assertThat(expanded("listen: { on: 80, routes: { to: a, hedge: { load: 2%, percentile: 95, wait: 20ms } } }"
                + SERVICES)).contains("extra_load: \"2%\" min_delay: 0.02s percentile: 95");
        assertThat(problems("listen: { on: 80, routes: { to: a, hedge: often } }" + SERVICES))
                .anyMatch(problem -> problem.contains("no share of the requests"));
        assertThat(problems("listen: { on: 80, routes: { to: a, hedge: { wait: 1s } } }" + SERVICES))
                .anyMatch(problem -> problem.contains("add load: 1%"));
        assertThat(problems("listen: { on: 80, routes: { respond: 200, hedge: 1% } }" + SERVICES))
                .anyMatch(problem -> problem.contains("hedge is for routes with"));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            8080,               address: 0.0.0.0 port_value: 8080
            ':8080',            address: 0.0.0.0 port_value: 8080
            '*:8080',           address: 0.0.0.0 port_value: 8080
            '127.0.0.1:8080',   address: 127.0.0.1 port_value: 8080
            'localhost:8080',   address: 127.0.0.1 port_value: 8080
            '[::1]:8080',       'address: "::1" port_value: 8080'
            /run/weir.sock,     pipe: path: /run/weir.sock
            """)
    void anAddressToListenAtMayBeWrittenInManyWays(String on, String expected) {
        assertThat(expanded("listen: { on: '" + on + "', to: a }" + SERVICES)).contains(expected);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            'path: /x',                         'match: path: /x'
            'path: /x/',                        'match: prefix: /x/'
            'method: get',                      'name: ":method" string_match: exact: GET'
            'method: [GET, HEAD]',              'safe_regex: regex: GET|HEAD'
            'header: { x-a: b }',               'name: x-a string_match: exact: b'
            'header: { x-a: "b*" }',            'name: x-a string_match: prefix: b'
            'header: { x-a: "*b" }',            'name: x-a string_match: suffix: b'
            'header: { x-a: "*b*" }',           'name: x-a string_match: contains: b'
            'header: { x-a: "*" }',             'name: x-a present_match: true'
            'timeout: 1m30s',                   'timeout: 90s'
            'timeout: 500ms',                   'timeout: 0.5s'
            'retries: 0',                       'retry_policy: retry_on: connect-failure,refused-stream,reset-before-request,weir-reset-idempotent num_retries: 0'
            'rewrite: { path: /y, host: h }',   'prefix_rewrite: /y host_rewrite_literal: h'
            'rewrite: { host: service }',       'auto_host_rewrite: true'
            """)
    void aKeyOfARouteBecomesEnvoysFields(String key, String expected) {
        assertThat(expanded("listen: { on: 80, routes: [ { " + key + ", to: a } ] }" + SERVICES)).contains(expected);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            'redirect: https',                              'redirect: https_redirect: true'
            'redirect: "https://b.test"',                   'redirect: host_redirect: b.test scheme_redirect: https'
            'redirect: "http://b.test:81/c?d=e"',           'host_redirect: b.test path_redirect: "/c?d=e" scheme_redirect: http port_redirect: 81'
            'redirect: { to: /c, status: 308 }',            'path_redirect: /c response_code: PERMANENT_REDIRECT'
            'respond: 204',                                 'direct_response: status: 204'
            'respond: { status: 404, body: none }',         'direct_response: status: 404 body: inline_string: none'
            """)
    void aRouteMayAnswerItself(String key, String expected) {
        assertThat(expanded("listen: { on: 80, routes: { " + key + " } }")).contains(expected);
    }

    @Test
    void aRouteWithoutAHostBelongsToEveryHostAtItsPlace() {
        String text = expanded("""
                listen:
                  on: 80
                  routes:
                    - { path: /first, respond: 201 }
                    - { host: h.test, to: a }
                    - { path: /last, respond: 202 }
                """ + SERVICES);
        assertThat(text).contains("domains: - h.test routes: - match: path: /first direct_response: status: 201"
                + " - match: prefix: / route: cluster: a - name: \"*\"");
        assertThat(text).contains("domains: - \"*\" routes: - match: path: /first direct_response: status: 201"
                + " - match: path: /last direct_response: status: 202");
    }

    @Test
    void whatStandsUnderEnvoyIsJoinedWithTheRest() {
        Bootstrap bootstrap = bootstrap("""
                listen: { on: 80, to: raw }
                services: { a: { at: 10.0.0.1:80 } }
                envoy:
                  node: { id: me }
                  static_resources: { clusters: [ { name: raw, load_assignment: { cluster_name: raw } } ] }
                """);
        assertThat(bootstrap.getNode().getId()).isEqualTo("me");
        assertThat(bootstrap.getStaticResources().getClustersList()).extracting(cluster -> cluster.getName())
                .containsExactly("a", "raw");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            listen: { on: 80, too: a }                    | s.yaml:1:19: listen.too: a listener has no such key; did you mean "to"?
            listen: { on: 80, to: aa }                    | s.yaml:1:23: listen.to: there is no service of this name (aa); did you mean "a"?
            listen: { on: 80, to: { a: 1, zzz: 1 } }      | listen.to: there is no service of this name (zzz); add it to services, or name one of: a, b
            listen: { on: 80, protocol: ucp, to: a }      | listen.protocol: this protocol is not known (ucp)
            listen: { on: 80, protocol: udp }             | listen: nothing says where datagrams go
            listen: { on: 80 }                            | listen: nothing says where requests go
            listen: { to: a }                             | listen: nothing says where to listen
            listen: { on: shop.test:80, to: a }           | listen.on: an address to listen at begins with an IP address of this machine (shop.test:80)
            listen: { on: 127.0.0.1, to: a }              | listen.on: the port is missing (127.0.0.1)
            listen: { on: 1.1.1.1:99999, to: a }          | listen.on: this does not end in a port (1.1.1.1:99999)
            listen: { on: "::1:80", to: a }               | listen.on: an IPv6 address stands in brackets (::1:80); write [::1]:80
            listen: { on: 80, to: a, tls: { cert: c } }   | listen.tls: a certificate and its key are needed
            listen: { on: 80, to: a, tls: [ { cert: c, key: k, client_ca: x }, { cert: d, key: l, client_ca: y } ] } | listen.tls[1].client_ca: clients of all certificates of a listener are believed by one authority, and listen.tls[0].client_ca at
            listen: { on: 80, to: a, log: access.log }    | listen.log: a log goes to stdout, to stderr or to a file (access.log); write the path of a file, such as ./access.log
            listen: { on: 80, routes: { to: a, path: x } }                     | listen.routes.path: a path begins with / (x); write /x
            listen: { on: 80, routes: { to: a, path: /x/* } }                  | listen.routes.path: a path has no * (/x/*); a path that ends in / is a prefix: write /x/
            listen: { on: 80, routes: { to: a, redirect: https } }             | listen.routes: a route does one thing, and here are to and redirect
            listen: { on: 80, routes: { path: /x } }                           | listen.routes: nothing says what this route does
            listen: { on: 80, routes: { respond: 200, timeout: 1s } }          | listen.routes.timeout: timeout is for routes with "to" (1s)
            listen: { on: 80, routes: { to: a, timeout: fast } }               | listen.routes.timeout: this is no duration (fast)
            listen: { on: 80, routes: { to: a, retries: many } }               | retry_policy.num_retries
            listen: { on: 80, routes: { redirect: { to: /x, status: 200 } } }  | listen.routes.redirect.status: this is no status of a redirect (200)
            listen: { on: 80, protocol: tcp, to: a, routes: [] }               | listen.routes: routes is for protocol: http
            listen: [ { on: 80, to: a }, { on: 80, to: b } ]                   | http_80 listens at this address already (0.0.0.0:80)
            listen: { on: 80, to: a, idle_timeout: [1s] }                      | listen.idle_timeout: a single value is due here (a list)
            """)
    void aMistakeIsToldWithItsPlaceAndItsCure(String text, String expected) {
        assertThat(problems(text + SERVICES)).singleElement().asString().contains(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            { at: app.test:80 }                    | services.s: "at" takes IP addresses, and this is a name (app.test:80); write dns: app.test:80
            { dns: app.test }                      | services.s.dns: the port is missing (app.test)
            { dns: a.test:80, at: 10.0.0.1:80 }    | services.s: a service has one way to be found, and here are at and dns
            { at: 10.0.0.1:80, proxy_protocol: 2 } | services.s.proxy_protocol: this is no version of the PROXY protocol (2); write proxy_protocol: v2
            { balance: random }                    | services.s: nothing says where the service is
            { at: 10.0.0.1:80, balance: fastest }  | services.s.balance: this way to balance is not known (fastest)
            { at: 10.0.0.1:80, limits: { conections: 1 } } | services.s.limits.conections: limits has no such key; did you mean "connections"?
            { at: { 10.0.0.1:80: 0 } }             | load_balancing_weight
            { at: 10.0.0.1:80, health: 1s }        | services.s.health: health is a mapping
            { at: 10.0.0.1:80, health: { http: /h, tcp: true } } | services.s.health: a service has one health check
            { at: 10.0.0.1:80, health: { every: 2s } } | services.s.health.every: this is about health checks
            { at: 10.0.0.1:80, health: { tcp: "no" } } | services.s.health.tcp: this is a connection that is made
            { at: 10.0.0.1:80, health: { tcp: true, host: h } } | services.s.health.host: a TCP check names no host
            { at: 10.0.0.1:80, health: { slow: 1 } } | latency_factor
            10.0.0.1:80                            | services.s: a service is a mapping
            """)
    void aMistakeInAServiceIsToldWithItsPlaceAndItsCure(String service, String expected) {
        String path = expected.replace("services.s: \"at\"", "services.s.at: \"at\"");
        assertThat(problems("listen: { on: 80, to: s }\nservices: { s: " + service + " }\n")).singleElement().asString()
                .contains(path);
    }

    @Test
    void allMistakesAreToldAtOnce() {
        assertThat(problems("""
                listen:
                  - { on: nowhere, to: x }
                  - { on: 81, routes: [ { to: y, timeout: slow } ] }
                services: { a: { } }
                admin: here
                extra: 1
                """)).hasSize(7);
    }

    @ParameterizedTest
    @CsvSource({"100/s,100,100,1s", "600/m,600,600,60s", "7/h,7,7,3600s", "'{ of: 100/s, burst: 20 }',20,100,1s"})
    void aRateIsTheLocalRateLimit(String rate, String burst, String requests, String fill) {
        assertThat(expanded("listen: { on: 80, to: a, rate: " + rate + " }" + SERVICES)).contains("LocalRateLimit "
                + "stat_prefix: http_80 token_bucket: max_tokens: " + burst + " tokens_per_fill: " + requests
                + " fill_interval: " + fill + " ");
    }

    @Test
    void aRouteMayHaveARateOfItsOwnOrNone() {
        String text = expanded("listen: { on: 80, rate: 9/s, routes: [ { path: /a, to: a, rate: 2/s, max_body: 1KiB },"
                + " { path: /b, redirect: /c, rate: off }, { to: b } ] }" + SERVICES);
        assertThat(text).contains("max_tokens: 9 ").contains("max_tokens: 2 ").contains("FilterConfig disabled: true")
                .contains("buffer: max_request_bytes: 1024 ");
        assertThat(expanded("listen: { on: 80, routes: [ { path: /a, to: a, rate: 2/s }, { to: b } ] }" + SERVICES))
                .contains("numerator: 100 disabled: true");
    }

    @ParameterizedTest
    @CsvSource({"10", "0/s", "10/d", "-1/s", "99999999999/s", "{ burst: 3 }", "'{ of: 1/s, burst: 0 }'"})
    void aRateThatIsNoneIsTold(String rate) {
        assertThat(problems("listen: { on: 80, to: a, rate: " + rate + " }" + SERVICES)).singleElement().asString()
                .contains("listen.rate");
    }

    @Test
    void aListenersConnectionsAreLimitedByTheFilterBeforeTheLast() {
        for (String protocol : new String[]{"http", "tcp"}) {
            assertThat(expanded("listen: { on: 80, protocol: " + protocol + ", to: a, max_connections: 5 }" + SERVICES))
                    .containsSubsequence("ConnectionLimit stat_prefix: " + protocol + "_80 max_connections: 5",
                            protocol.equals("http") ? "HttpConnectionManager" : "TcpProxy");
        }
    }

    @ParameterizedTest
    @CsvSource({"512,512", "10KiB,10240", "10MiB,10485760", "3GiB,3221225472", "4294967295,4294967295"})
    void aLimitOfBodiesIsTheBufferFilter(String size, String bytes) {
        assertThat(expanded("listen: { on: 80, to: a, max_body: " + size + " }" + SERVICES))
                .contains(
                        "name: envoy.filters.http.buffer typed_config: \"@type\": type.googleapis.com/envoy.extensions"
                                + ".filters.http.buffer.v3.Buffer max_request_bytes: " + bytes + " ");
    }

    @Test
    void aRouteMayHaveALimitOfItsOwnOrNone() {
        String text = expanded("listen: { on: 80, max_body: 1KiB, routes: [ { path: /a, to: a, max_body: 2KiB },"
                + " { path: /b, to: a, max_body: off }, { to: b } ] }" + SERVICES);
        assertThat(text).contains("max_request_bytes: 1024 ").contains("buffer: max_request_bytes: 2048 ")
                .contains("BufferPerRoute disabled: true");
    }

    @Test
    void whereOnlyRoutesHaveALimitTheFilterIsOffForTheOthers() {
        String text = expanded("listen: { on: 80, routes: [ { path: /a, to: a, max_body: 2KiB }, { to: b } ] }"
                + SERVICES);
        assertThat(text).contains("max_request_bytes: 2048 disabled: true")
                .contains("buffer: max_request_bytes: 2048 ");
    }

    @Test
    void answersAreCompressedWithEveryCodingOrThoseThatAreNamed() {
        assertThat(expanded("listen: { on: 80, to: a, compress: true }" + SERVICES)).containsSubsequence(
                "envoy.filters.http.compressor.brotli", "brotli.compressor.v3.Brotli", "min_content_length: 1024",
                "- application/json", "envoy.filters.http.compressor.zstd",
                "envoy.filters.http.compressor.gzip", "envoy.filters.http.router").doesNotContain("disabled");
        assertThat(expanded("listen: { on: 80, to: a, compress: [gzip, zstd] }" + SERVICES))
                .containsSubsequence("compressor.gzip", "compressor.zstd").doesNotContain("brotli");
        assertThat(expanded("listen: { on: 80, to: a, compress: off }" + SERVICES)).doesNotContain("compressor");
        assertThat(problems("listen: { on: 80, to: a, compress: gip }" + SERVICES)).singleElement().asString()
                .contains("listen.compress").contains("gzip");
        assertThat(problems("listen: { on: 80, protocol: tcp, to: a, compress: true }" + SERVICES)).hasSize(1);
    }

    @Test
    void aCacheStandsInMemoryOrInADirectoryBehindWhatIsForOneClient() {
        assertThat(expanded("listen: { on: 80, to: a, cache: true, compress: gzip, cors: 'https://a.example' }"
                + SERVICES)).containsSubsequence("allow_origin_string_match: - exact: https://a.example",
                        "http_filters: - name: envoy.filters.http.cors", "envoy.filters.http.compressor.gzip",
                        "envoy.filters.http.cache", "SimpleHttpCacheConfig", "- exact: accept-encoding",
                        "envoy.filters.http.router");
        assertThat(expanded("listen: { on: 80, to: a, cache: /var/cache/weir }" + SERVICES))
                .contains("FileSystemHttpCacheConfig").contains("cache_path: /var/cache/weir");
        assertThat(problems("listen: { on: 80, to: a, cache: 10MiB }" + SERVICES)).singleElement().asString()
                .contains("listen.cache").contains("the path of a directory");
    }

    @Test
    void aRouteMayHaveACacheOfItsOwnOrNone() {
        assertThat(expanded("listen: { on: 80, cache: true, routes: [ { path: /a, to: a, cache: off }, { to: b } ] }"
                + SERVICES)).contains("CacheConfig disabled: true");
        assertThat(expanded("listen: { on: 80, routes: [ { path: /a, to: a, cache: true }, { to: b } ] }" + SERVICES))
                .containsSubsequence("CacheConfig typed_config:", "http_filters:", "envoy.filters.http.cache",
                        "disabled: true");
    }

    @Test
    void pagesOfNamedOriginsMayAskAndARouteMayHaveOthersOrNone() {
        assertThat(expanded("listen: { on: 80, cors: ['https://a.example', 'http://b:81'], routes: ["
                + " { path: /a, to: a, cors: off }, { path: /b, to: a, cors: '*' }, { to: b } ] }" + SERVICES))
                .contains("filter_enabled: default_value: {}", "regex: \".*\"", "- exact: http://b:81")
                .contains("allow_methods: \"*\"");
        assertThat(problems("listen: { on: 80, to: a, cors: a.example }" + SERVICES)).singleElement().asString()
                .contains("listen.cors").contains("https://shop.example");
        assertThat(problems("listen: { on: 80, protocol: tcp, to: a, cors: '*', cache: true }" + SERVICES)).hasSize(2);
    }

    @Test
    void aRouteMayCompressForItselfOrNotAtAll() {
        assertThat(
                expanded("listen: { on: 80, compress: gzip, routes: [ { path: /a, to: a, compress: off }, { to: b } ] }"
                        + SERVICES))
                .contains("CompressorPerRoute disabled: true");
        assertThat(
                expanded("listen: { on: 80, routes: [ { path: /a, to: a, compress: gzip }, { to: b } ] }" + SERVICES))
                .contains("CompressorPerRoute overrides: response_direction_config: {}").contains("disabled: true");
    }

    @ParameterizedTest
    @CsvSource({"10MB", "0", "4GiB", "-1", "99999999999", "ten"})
    void aSizeThatIsNoneIsTold(String size) {
        assertThat(problems("listen: { on: 80, to: a, max_body: " + size + " }" + SERVICES)).singleElement().asString()
                .contains("listen.max_body").contains(size).contains("10MiB");
    }

    @Test
    void aLimitOfBodiesIsForRequestsThatGoSomewhere() {
        assertThat(problems("listen: [ { on: 80, protocol: tcp, to: a, max_body: 1KiB }, { on: 81, routes:"
                + " { respond: 200, max_body: 1KiB } } ]" + SERVICES)).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            'hash: source_ip',                                  'Maglev consistent_hashing_lb_config: hash_policy: - connection_properties: source_ip: true'
            'balance: ring_hash, hash: { header: X-User }',     'RingHash consistent_hashing_lb_config: hash_policy: - header: header_name: X-User'
            'balance: maglev, hash: { cookie: sid }',           'Maglev consistent_hashing_lb_config: hash_policy: - cookie: name: sid'
            'hash: [{ query: q }, source_ip]',                  'hash_policy: - query_parameter: name: q - connection_properties: source_ip: true'
            """)
    void whatIsHashedBecomesThePolicyOfTheServicesCluster(String keys, String expected) {
        assertThat(expanded("listen: { on: 80, to: a }\nservices: { a: { at: '127.0.0.1:1', " + keys + " } }"))
                .contains(expected);
    }

    @Test
    void aHashIsForPoliciesThatGoByOne() {
        assertThat(problems("listen: { on: 80, to: a }\nservices: { a: { at: '127.0.0.1:1', balance: random,"
                + " hash: source_ip } }")).singleElement().asString().contains("only ring_hash and maglev");
        assertThat(problems("listen: { on: 80, to: a }\nservices: { a: { at: '127.0.0.1:1', hash: [sorce_ip,"
                + " { path: x }] } }")).hasSize(2).first().asString().contains("source_ip");
    }

    @Test
    void aStickyServiceHasItsSessionsOnEachRouteToItAndKeepsThemWhileItDrains() {
        String text = expanded("""
                listen: { on: 80, routes: [ { path: /x, to: a, max_body: 1KiB }, { path: /y, to: b },
                  { path: /z, to: { a: 1, b: 2 } } ], to: a }
                services:
                  a: { at: { "127.0.0.1:1": 3, "127.0.0.1:2": draining }, sticky: { cookie: seat, ttl: 1h } }
                  b: { at: "127.0.0.1:3" }
                """);
        assertThat(text).contains("name: envoy.filters.http.stateful_session", "disabled: true",
                "override_host_status: statuses: - UNKNOWN - HEALTHY - DEGRADED - DRAINING",
                "health_status: DRAINING",
                "CookieBasedSessionState cookie: name: seat ttl: 3600s path: /");
        assertThat(text.split("StatefulSessionPerRoute", -1)).as("/x, a in /z, the rest").hasSize(4);
        assertThat(text.split("BufferPerRoute", -1)).hasSize(2);
    }

    @Test
    void aSessionIsKeptInOnePlace() {
        String service = "listen: { on: 80, to: a }\nservices: { a: { at: '127.0.0.1:1', sticky: { %s } } }";
        assertThat(expanded(service.formatted("header: x-seat, strict: true")))
                .contains("HeaderBasedSessionState name: x-seat strict: true");
        assertThat(problems(service.formatted("ttl: 1h"))).singleElement().asString().contains("nothing says where");
        assertThat(problems(service.formatted("cookie: a, header: b"))).singleElement().asString()
                .contains("here are two");
        assertThat(problems(service.formatted("header: b, ttl: 1h"))).singleElement().asString()
                .contains("ttl is for cookies");
    }

    @Test
    void aServiceMayUseAPartOfItsEndpoints() {
        String service = "listen: { on: 80, to: a }\nservices: { a: { at: '127.0.0.1:1', subset: 20 %s } }";
        assertThat(expanded(service.formatted(", balance: least_request"))).contains(
                "RandomSubsetting subset_size: 20 child_policy: policies: - typed_extension_config:"
                        + " name: envoy.load_balancing_policies.least_request");
        assertThat(expanded(service.formatted(", hash: source_ip"))).contains("RandomSubsetting subset_size: 20",
                "v3.Maglev consistent_hashing_lb_config");
        assertThat(expanded(service.formatted(""))).contains("load_balancing_policies.round_robin");
    }

    @Test
    void aServiceSaysWhatIsSpokenWithItsEndpoints() {
        String service = "listen: { on: 80, to: a }\nservices: { a: { at: '127.0.0.1:1' %s } }";
        assertThat(expanded(service.formatted(", protocol: http2")))
                .contains("HttpProtocolOptions explicit_http_config: http2_protocol_options: {}")
                .doesNotContain(" http_protocol_options: {}");
        assertThat(expanded(service.formatted(", protocol: http2, health: { http: /h }")))
                .contains("codec_client_type: HTTP2");
        assertThat(expanded(service.formatted(", health: { http: /h }"))).doesNotContain("codec_client_type");
        assertThat(expanded(service.formatted(", protocol: http1")))
                .contains("HttpProtocolOptions explicit_http_config: http_protocol_options: {}");
        assertThat(expanded(service.formatted(", protocol: client, health: { slow: 3 }"))).contains(
                "use_downstream_protocol_config: http_protocol_options: {} http2_protocol_options: {}",
                "weir.health.v1.Outliers");
        assertThat(problems(service.formatted(", protocol: grpc"))).singleElement().asString()
                .contains("write one of http1, http2, client");
        assertThat(problems("listen: { on: 80, to: a }\nservices: { a: { failover: [b], protocol: http2 },"
                + " b: { at: '127.0.0.1:1' } }")).singleElement().asString().contains("write it to those");
    }

    @Test
    void aServiceMayStandForOthers() {
        String text = "listen: { on: 80, to: a }\nservices: { a: { failover: [eu, us] %s },"
                + " eu: { at: '127.0.0.1:1' }, us: { at: '127.0.0.1:2' } }";
        assertThat(expanded(text.formatted(""))).contains("name: a", "envoy.clusters.aggregate",
                "clusters: - eu - us", "lb_policy: CLUSTER_PROVIDED");
        assertThat(problems(text.formatted(", balance: random"))).singleElement().asString()
                .contains("write it to those");
        assertThat(problems("listen: { on: 80, to: a }\nservices: { a: { failover: [b] } }")).singleElement()
                .asString().contains("there is no cluster of this name");
    }
}
