package io.weir.observe.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.weir.core.model.AccessLogSpec;
import io.weir.core.model.AccessLogSpec.Format;
import io.weir.observe.log.AccessLogFormat.Compiled;
import java.lang.management.ManagementFactory;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AccessLogFormatTest {
    private final Ended ended = new Ended();

    private static AccessLogFormat compiled(Format format) {
        Surroundings surroundings = new Surroundings("box", name -> name.equals("ZONE") ? "eu-1" : null);
        return switch (AccessLogFormat.compile(format, surroundings)) {
            case Compiled.Ready ready -> ready.format();
            case Compiled.Invalid invalid -> throw new AssertionError(invalid.message());
        };
    }

    private static String message(Format format) {
        return switch (AccessLogFormat.compile(format)) {
            case Compiled.Ready ready -> throw new AssertionError("compiled");
            case Compiled.Invalid invalid -> invalid.message();
        };
    }

    private String text(String format) {
        return line(new Format.Text(format, false));
    }

    private String json(Map<String, Object> fields, boolean omit) {
        return line(new Format.Json(fields, omit));
    }

    private String line(Format format) {
        LogBuffer out = new LogBuffer();
        compiled(format).write(ended, out);
        return out.toString();
    }

    @Test
    void theDefaultLineIsEnvoys() {
        ended.request.put("user-agent", "curl/8.1");
        ended.request.put("x-request-id", "abc");
        ended.response.put("x-envoy-upstream-service-time", "11");
        ended.flags = ResponseFlag.URX.bit() | ResponseFlag.UF.bit();
        assertThat(line(new Format.Default()))
                .isEqualTo("[2026-11-23T15:04:05.678Z] \"GET /a?b=c HTTP/1.1\" 200 UF,URX "
                        + "10 2048 12 11 \"-\" \"curl/8.1\" \"abc\" \"shop.example\" \"10.0.0.1:9000\"\n");
        LogBuffer out = new LogBuffer();
        AccessLogFormat.envoyDefault().write(ended, out);
        assertThat(out.toString()).isEqualTo(line(new Format.Default()));
    }

    @Test
    void everyOperatorWritesItsValue() {
        ended.flags = ResponseFlag.UH.bit();
        ended.response.put("server", "x");
        ended.trailers.put("grpc-status", "0");
        Map<String, String> cases = new LinkedHashMap<>();
        cases.put("%PROTOCOL%", "HTTP/1.1");
        cases.put("%RESPONSE_CODE%", "200");
        cases.put("%RESPONSE_CODE_DETAILS%", "-");
        cases.put("%RESPONSE_FLAGS%", "UH");
        cases.put("%RESPONSE_FLAGS_LONG%", "NoHealthyUpstream");
        cases.put("%BYTES_RECEIVED% %BYTES_SENT%", "10 2048");
        cases.put("%DURATION%", "12");
        cases.put("%REQUEST_DURATION%", "1");
        cases.put("%RESPONSE_DURATION%", "-");
        cases.put("%RESPONSE_TX_DURATION%", "-");
        cases.put("%ROUTE_NAME%", "-");
        cases.put("%VIRTUAL_CLUSTER_NAME%", "-");
        cases.put("%UPSTREAM_HOST%", "10.0.0.1:9000");
        cases.put("%UPSTREAM_CLUSTER%", "api");
        cases.put("%UPSTREAM_LOCAL_ADDRESS%", "-");
        cases.put("%UPSTREAM_REQUEST_ATTEMPT_COUNT%", "2");
        cases.put("%UPSTREAM_TRANSPORT_FAILURE_REASON%", "-");
        cases.put("%FILTER_TIMES%", "cors=3+0");
        cases.put("%DOWNSTREAM_REMOTE_ADDRESS%", "192.0.2.7:50000");
        cases.put("%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%", "192.0.2.7");
        cases.put("%DOWNSTREAM_REMOTE_PORT%", "50000");
        cases.put("%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%", "192.0.2.7:50000");
        cases.put("%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%", "192.0.2.7");
        cases.put("%DOWNSTREAM_LOCAL_ADDRESS%", "[2001:db8::1]:443");
        cases.put("%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%", "2001:db8::1");
        cases.put("%DOWNSTREAM_LOCAL_PORT%", "443");
        cases.put("%CONNECTION_ID% %STREAM_ID% %TRACE_ID%", "17 - -");
        cases.put("%ACCESS_LOG_TYPE%", "DownstreamEnd");
        cases.put("%PATH% %PATH(NQ)% %PATH(WQ:PATH)% %PATH(NQ:ORIG)%", "/a?b=c /a /a?b=c -");
        cases.put("%QUERY_PARAMS% %QUERY_PARAM(b)% %QUERY_PARAM(c)%", "b=c c -");
        cases.put("%COMMON_DURATION(DS_RX_BEG:DS_TX_END:ms)% %COMMON_DURATION(DS_RX_BEG:US_RX_BEG:us)%", "12 -");
        cases.put("%GRPC_STATUS% %GRPC_STATUS(SNAKE_STRING)% %GRPC_STATUS_NUMBER%", "OK OK 0");
        cases.put("%HOSTNAME% %ENVIRONMENT(ZONE)% %ENVIRONMENT(OTHER)%", "box eu-1 -");
        cases.put("%REQ(:method)% %RESP(Server)% %TRAILER(grpc-status)%", "GET x 0");
        cases.put("%REQ(X-A?:PATH)% %REQ(X-A?X-B)%", "/a?b=c -");
        cases.put("%REQ_WITHOUT_QUERY(:PATH)%", "/a");
        cases.put("%REQ(:AUTHORITY):4% %PROTOCOL:100%", "shop HTTP/1.1");
        cases.put("100%% [%REQ(:METHOD)%]", "100% [GET]");
        cases.put("", "");
        cases.forEach((format, written) -> assertThat(text(format)).as(format).isEqualTo(written));
    }

    @Test
    void everyLineHasAUniqueIdOfItsOwn() {
        String line = text("%UNIQUE_ID% %UNIQUE_ID%");
        assertThat(line).matches("([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12} ?){2}");
        assertThat(line.substring(0, 36)).isNotEqualTo(line.substring(37));
    }

    @Test
    void aStreamIsNamedByItsRequestId() {
        ended.request.put("x-request-id", "abc");
        assertThat(text("%STREAM_ID%")).isEqualTo("abc");
        assertThat(json(Map.of("id", "%STREAM_ID%"), false)).isEqualTo("{\"id\":\"abc\"}\n");
    }

    @Test
    void aQueryParameterIsFoundByItsWholeName() {
        ended.request.put(":path", "/a?bc=1&c=2&d&c=3&e=");
        assertThat(text("%QUERY_PARAM(c)% %QUERY_PARAM(bc)% %QUERY_PARAM(d)% %QUERY_PARAM(e)%")).isEqualTo("2 1 - -");
    }

    @Test
    void everyMistakeIsToldWithItsPlaceAndValue() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("a", "%DURATON% %PROTOCOL%");
        fields.put("b", List.of("%REQ()%", Map.of("c", "%NOPE(x)%")));
        assertThat(AccessLogFormat.compile(new Format.Json(fields, false)))
                .isEqualTo(new Compiled.Invalid(List.of(
                        new AccessLogFormat.Mistake("a", "%DURATON%",
                                "at character 0: unknown command operator DURATON", "DURATON"),
                        new AccessLogFormat.Mistake("b[0]", "%REQ()%", "at character 0: REQ needs the name of a"
                                + " header: %REQ(NAME)% or %REQ(NAME?OTHER)%", ""),
                        new AccessLogFormat.Mistake("b[1].c", "%NOPE(x)%",
                                "at character 0: unknown command operator NOPE", "NOPE"))));
    }

    @Test
    void nothingStaysNothing() {
        assertThat(json(Map.of("a", List.of(new AccessLogSpec.Nothing(), "x")), false))
                .isEqualTo("{\"a\":[null,\"x\"]}\n");
    }

    @Test
    void startTimeTakesAStrftimeFormat() {
        Map<String, String> cases = new LinkedHashMap<>();
        cases.put("%START_TIME%", "2026-11-23T15:04:05.678Z");
        cases.put("%START_TIME(%Y/%m/%dT%H:%M:%S%z %s)%", "2026/11/23T15:04:05+0000 1795446245");
        cases.put("%START_TIME(%s.%3f %s.%9f %6f %f)%", "1795446245.678 1795446245.678901000 678901 678901000");
        cases.put("%START_TIME(%E3S %E*S %ES %E4Y)%", "05.678 05.678901 05 2026");
        cases.put("%START_TIME(%a %A %b %B %d %e %j %y %C)%", "Mon Monday Nov November 23 23 327 26 20");
        cases.put("%START_TIME(%I %p %l %k %u %w %D %F %T %R %%)%",
                "03 PM  3 15 1 1 11/23/26 2026-11-23 15:04:05 15:04 %");
        cases.forEach((format, written) -> assertThat(text(format)).as(format).isEqualTo(written));
    }

    @Test
    void datesAreThoseOfTheCalendar() {
        AccessLogFormat format = compiled(new Format.Text("%START_TIME(%Y-%m-%d %j %u %H:%M:%S)%", false));
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            ended.startEpochMicros = (random.nextLong() >>> 12) % 8_000_000_000_000_000L;
            LogBuffer out = new LogBuffer();
            format.write(ended, out);
            LocalDateTime time = LocalDateTime.ofEpochSecond(Math.floorDiv(ended.startEpochMicros, 1_000_000L), 0,
                    ZoneOffset.UTC);
            assertThat(out.toString()).isEqualTo(String.format("%s %03d %d %s", time.toLocalDate(),
                    time.getDayOfYear(), time.getDayOfWeek().getValue(),
                    DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).format(time)));
        }
    }

    @Test
    void aClientCannotForgeALineOrAField() {
        ended.request.put("user-agent", "a\" 200\nb\\c\u001b[31m\u0085");
        assertThat(text("\"%REQ(USER-AGENT)%\"")).isEqualTo("\"a\\x22 200\\x0ab\\x5cc\\x1b[31m\\xc2\\x85\"");
        assertThat(json(Map.of("ua", "%REQ(USER-AGENT)%"), false))
                .isEqualTo("{\"ua\":\"a\\\" 200\\u000ab\\\\c\\u001b[31m\ufffd\ufffd\"}\n");
        ended.request.put("user-agent", "größe 漢字 😀");
        assertThat(text("%REQ(USER-AGENT)%")).isEqualTo("größe 漢字 😀");
    }

    @Test
    void jsonKeepsNumbersNumbersAndShape() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("status", "%RESPONSE_CODE%");
        fields.put("took", "%DURATION% ms");
        fields.put("flags", "%RESPONSE_FLAGS%");
        fields.put("route", "%ROUTE_NAME%");
        fields.put("who", Map.of("host", "%UPSTREAM_HOST%"));
        fields.put("list", List.of("%BYTES_SENT%", "x", 1.5, true));
        fields.put("fixed", 7.0);
        fields.put("a\"b", "100%%");
        assertThat(json(fields, false)).isEqualTo("{\"status\":200,\"took\":\"12 ms\",\"flags\":\"-\",\"route\":null,"
                + "\"who\":{\"host\":\"10.0.0.1:9000\"},\"list\":[2048,\"x\",1.5,true],\"fixed\":7,"
                + "\"a\\\"b\":\"100%\"}\n");
    }

    @Test
    void absentValuesAreLeftOutWhereAsked() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("route", "%ROUTE_NAME%");
        fields.put("inner", Map.of("route", "%ROUTE_NAME%"));
        fields.put("mixed", "[%ROUTE_NAME%]");
        fields.put("status", "%RESPONSE_CODE%");
        assertThat(json(fields, true)).isEqualTo("{\"mixed\":\"[]\",\"status\":200}\n");
        assertThat(json(Map.of("route", "%ROUTE_NAME%"), true)).isEqualTo("{}\n");
        assertThat(json(Map.of(), false)).isEqualTo("{}\n");
        assertThat(line(new Format.Text("[%ROUTE_NAME%]", true))).isEqualTo("[]");
    }

    @Test
    void aWrongFormatSaysWhereAndWhy() {
        assertThat(message(new Format.Text("ab %NOPE% c", false)))
                .isEqualTo("at character 3: unknown command operator NOPE");
        assertThat(message(new Format.Text("100% of it", false))).startsWith("at character 3: not a command operator")
                .contains("%%");
        assertThat(message(new Format.Text("%REQ()%", false))).contains("REQ needs the name of a header");
        assertThat(message(new Format.Text("%REQ(A?B?C)%", false))).contains("at most two header names");
        assertThat(message(new Format.Text("%REQ(A?)%", false))).contains("empty header name");
        assertThat(message(new Format.Text("%PROTOCOL(x)%", false))).contains("PROTOCOL takes nothing in parentheses");
        assertThat(message(new Format.Text("%ENVIRONMENT%", false))).contains("needs the name of a variable");
        assertThat(message(new Format.Text("%START_TIME(%Q)%", false))).contains("unknown conversion %Q");
        assertThat(message(new Format.Text("%START_TIME(%)%", false))).contains("ends within a conversion");
        assertThat(message(new Format.Json(Map.of("a", Map.of("b", "x %NOPE%")), false)))
                .isEqualTo("a.b: at character 2: unknown command operator NOPE");
    }

    @Test
    void aLongValueIsCutWithinNoCharacter() {
        ended.request.put("user-agent", "ääää");
        assertThat(text("%REQ(USER-AGENT):5%")).isEqualTo("ää");
        assertThat(text("%REQ(USER-AGENT):0%")).isEmpty();
        ended.request.put("user-agent", "x".repeat(100_000));
        assertThat(text("%REQ(USER-AGENT)%")).hasSize(TextTemplate.VALUE_BYTES_MAX);
    }

    @Test
    void aLineAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ended.request.put("user-agent", "a\"b");
        Map<String, Object> fields = Map.of("start", "%START_TIME%", "code", "%RESPONSE_CODE%", "who",
                Map.of("ua", "%REQ(USER-AGENT)%", "host", "%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%"));
        for (Format kind : List.of(new Format.Default(), new Format.Json(fields, true))) {
            AccessLogFormat format = compiled(kind);
            LogBuffer out = new LogBuffer();
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 30 && least > 0; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 2_000; i++) {
                    out.clear();
                    format.write(ended, out);
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertThat(least).as("bytes in 2,000 lines of " + kind).isLessThan(2_000);
        }
    }
}
