package io.weir.http.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.HeaderEdits.Add;
import io.weir.http.route.HeaderEdits.Append;
import io.weir.http.route.HeaderEdits.Level;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeaderEditsTest {
    private static ValueFormat format(String text) {
        return switch (ValueFormat.compile(text)) {
            case ValueFormat.Result.Ready ready -> ready.format();
            case ValueFormat.Result.Refused refused -> fail(refused.message());
        };
    }

    private static Add add(String name, String value, Append action) {
        return new Add(HeaderName.of(name), format(value), action, false);
    }

    private static List<String> edited(HttpHead head, Level... levels) {
        HeaderEdits.of(List.of(levels)).apply(head, Heads.source(head));
        return Heads.lines(head).stream().filter(line -> !line.startsWith("host")).toList();
    }

    private static Level adds(Add... adds) {
        return new Level(List.of(adds), List.of());
    }

    @Test
    void eachActionLooksAtWhatIsThere() {
        for (var action : Append.values()) {
            var there = edited(Heads.to("/", "x-a: 1", "x-a: 2"), adds(add("X-A", "3", action)));
            var absent = edited(Heads.to("/"), adds(add("x-a", "3", action)));
            switch (action) {
                case APPEND_IF_EXISTS_OR_ADD -> {
                    assertThat(there).containsExactly("x-a: 1", "x-a: 2", "x-a: 3");
                    assertThat(absent).containsExactly("x-a: 3");
                }
                case ADD_IF_ABSENT -> {
                    assertThat(there).containsExactly("x-a: 1", "x-a: 2");
                    assertThat(absent).containsExactly("x-a: 3");
                }
                case OVERWRITE_IF_EXISTS_OR_ADD -> {
                    assertThat(there).containsExactly("x-a: 3");
                    assertThat(absent).containsExactly("x-a: 3");
                }
                case OVERWRITE_IF_EXISTS -> {
                    assertThat(there).containsExactly("x-a: 3");
                    assertThat(absent).isEmpty();
                }
            }
        }
    }

    @Test
    void removalComesBeforeAddingWithinALevel() {
        var level = new Level(List.of(add("x-a", "new", Append.APPEND_IF_EXISTS_OR_ADD)),
                List.of(HeaderName.of("x-a")));
        assertThat(edited(Heads.to("/", "x-a: old", "x-b: 1"), level)).containsExactly("x-b: 1", "x-a: new");
    }

    @Test
    void levelsAreAppliedInTheGivenOrderAndTheLastHasTheLastWord() {
        var first = adds(add("x-a", "first", Append.OVERWRITE_IF_EXISTS_OR_ADD));
        var second = adds(add("x-a", "second", Append.OVERWRITE_IF_EXISTS_OR_ADD));
        assertThat(edited(Heads.to("/"), first, second)).containsExactly("x-a: second");
        assertThat(edited(Heads.to("/"), second, first)).containsExactly("x-a: first");
    }

    @Test
    void emptyValuesAreLeftOutUnlessTheyAreToBeKept() {
        assertThat(edited(Heads.to("/"), adds(add("x-a", "", Append.APPEND_IF_EXISTS_OR_ADD)))).isEmpty();
        assertThat(edited(Heads.to("/"), adds(add("x-a", "%REQ(x-none)%", Append.APPEND_IF_EXISTS_OR_ADD)))).isEmpty();
        var kept = new Add(HeaderName.of("x-a"), format(""), Append.APPEND_IF_EXISTS_OR_ADD, true);
        assertThat(edited(Heads.to("/"), adds(kept))).containsExactly("x-a: ");
    }

    @Test
    void addsOfOneLevelDoNotSeeEachOther() {
        var level = adds(add("x-a", "%REQ(x-b)%", Append.OVERWRITE_IF_EXISTS_OR_ADD),
                add("x-b", "%REQ(x-a)%", Append.OVERWRITE_IF_EXISTS_OR_ADD),
                add("x-c", "1", Append.ADD_IF_ABSENT), add("x-c", "2", Append.ADD_IF_ABSENT));
        assertThat(edited(Heads.to("/", "x-a: 1", "x-b: 2"), level)).containsExactly("x-a: 2", "x-b: 1", "x-c: 1",
                "x-c: 2");
    }

    @Test
    void overwritingComesBeforeAppendingWithinALevel() {
        var level = adds(add("x-a", "appended", Append.APPEND_IF_EXISTS_OR_ADD),
                add("x-a", "overwritten", Append.OVERWRITE_IF_EXISTS_OR_ADD));
        assertThat(edited(Heads.to("/", "x-a: old"), level)).containsExactly("x-a: overwritten", "x-a: appended");
    }

    @Test
    void plainValuesAreAddedWithoutAllocation() {
        var edits = HeaderEdits.of(List.of(adds(add("x-a", "1", Append.OVERWRITE_IF_EXISTS_OR_ADD),
                add("x-b", "50%%", Append.ADD_IF_ABSENT), add("x-c", "3", Append.APPEND_IF_EXISTS_OR_ADD))));
        var head = new HttpHead();
        var source = Heads.source(head);
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        long before = 0;
        for (int i = 0; i < 30_000; i++) {
            if (i == 20_000) {
                before = threads.getCurrentThreadAllocatedBytes();
            }
            head.clear();
            edits.apply(head, source);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
        assertThat(Heads.lines(head)).containsExactly("x-a: 1", "x-b: 50%", "x-c: 3");
    }

    @Test
    void operatorsTellAboutTheRequest() {
        var head = Heads.request("POST", "a.example", "/p?q", "x-b: long value", "x-forwarded-proto: https");
        var source = Heads.source(head);
        assertThat(format("%DOWNSTREAM_REMOTE_ADDRESS%").text(head, source)).isEqualTo("192.0.2.7:4711");
        assertThat(format("%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%").text(head, source)).isEqualTo("192.0.2.7");
        assertThat(format("%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%").text(head, source))
                .isEqualTo("2001:db8::7");
        assertThat(format("%DOWNSTREAM_LOCAL_PORT%").text(head, source)).isEqualTo("443");
        assertThat(format("%PROTOCOL%").text(head, source)).isEqualTo("HTTP/1.1");
        assertThat(format("%START_TIME%").text(head, source)).isEqualTo("2026-11-23T15:00:00.123Z");
        assertThat(format("<%REQ(X-None?x-b):4%>").text(head, source)).isEqualTo("<long>");
        assertThat(format("%REQ(:method)% %REQ(:path)% %REQ(:authority)% %REQ(:scheme)%").text(head, source))
                .isEqualTo("POST /p?q a.example https");
        assertThat(format("%UPSTREAM_HOST%|%UPSTREAM_CLUSTER%|%ROUTE_NAME%").text(head, source))
                .isEqualTo("|blue|shop");
        assertThat(format("%ENVIRONMENT(PATH):3%").text(head, source)).isEqualTo(System.getenv("PATH").substring(0, 3));
        assertThat(format("%RESP(x-r)%").text(Heads.response(200, "x-r: z"), source)).isEqualTo("z");
        assertThat(format("100%%").text(head, source)).isEqualTo("100%");
    }

    @Test
    void headersTellWhatLogsTellAsFarAsItIsKnown() {
        var head = Heads.request("POST", "a.example", "/p?q=1&r=2", "x-b: b", "x-request-id: id");
        var source = Heads.source(head);
        assertThat(format("%HOSTNAME%").text(head, source)).isNotEmpty();
        assertThat(format("%START_TIME(%Y/%m/%d %3f)%").text(head, source)).isEqualTo("2026/11/23 123");
        assertThat(format("%PATH(NQ)% %QUERY_PARAM(r)% %STREAM_ID%").text(head, source)).isEqualTo("/p 2 id");
        assertThat(format("%RESPONSE_CODE%:%RESPONSE_FLAGS%:%RESPONSE_FLAGS_LONG%").text(head, source))
                .isEqualTo("503:UF:UpstreamConnectionFailure");
        assertThat(format("%CONNECTION_ID% %BYTES_RECEIVED%").text(head, source)).isEqualTo("11 7");
        assertThat(format("%REQUEST_HEADER(x-b)% %UPSTREAM_PROTOCOL%|").text(head, source)).isEqualTo("b |");
        assertThat(format("%UPSTREAM_TRANSPORT_FAILURE_REASON%").text(head, source)).as("one line")
                .isEqualTo("line one line two");
        for (String later : List.of("%DURATION%", "%COMMON_DURATION(DS_RX_BEG:DS_TX_END:ms)%", "%BYTES_SENT%",
                "%TRAILER(x)%")) {
            assertThat(ValueFormat.compile(later)).as(later).isInstanceOfSatisfying(ValueFormat.Result.Refused.class,
                    refused -> assertThat(refused.message()).contains("not known yet"));
        }
    }

    @Test
    void whatIsNoFormatIsRefusedWithACure() {
        for (String bad : List.of("%", "50%", "%NOPE%", "%REQ(%", "%REQ()%", "%REQ(a?b?c)%", "a\r\nb: c", "a\0",
                "%REQ(a b)%",
                "%START_TIME")) {
            assertThat(ValueFormat.compile(bad)).as(bad).isInstanceOfSatisfying(ValueFormat.Result.Refused.class,
                    refused -> assertThat(refused.cure()).isNotEmpty());
        }
    }

    @Test
    void onlyTokensAreNames() {
        assertThat(HeaderEdits.isName("x-a_b.c", false)).isTrue();
        assertThat(HeaderEdits.isName(":method", true)).isTrue();
        assertThat(List.of("", ":method", "x a", "x:a", "é", "x\n"))
                .noneMatch(name -> HeaderEdits.isName(name, false));
        assertThat(List.of(":path", "Host")).allMatch(HeaderEdits::isReserved);
    }
}
