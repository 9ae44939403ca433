package io.weir.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.app.boot.Source;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProxyTextTest {
    private static String expanded(String from, @Nullable String admin, String... targets) {
        Source.Expansion expansion = Source
                .text("proxy", ProxyText.of(from, List.of(targets), "round_robin", admin)).expand(false);
        assertThat(expansion.problems()).isEmpty();
        return expansion.text();
    }

    @Test
    void addressesAreTakenAsTheyAre() {
        assertThat(expanded(":8080", null, "http://10.0.0.1:9001", "[::1]:9002")).contains(
                "address: 10.0.0.1", "port_value: 9001", "address: \"::1\"", "port_value: 9002")
                .doesNotContain("STRICT_DNS", "admin:");
        assertThat(expanded(":8080", null, "http://localhost:9001")).contains("address: 127.0.0.1")
                .doesNotContain("STRICT_DNS");
    }

    @Test
    void namesAreResolvedAndAddressesMayStandAmongThem() {
        assertThat(expanded(":8080", null, "http://web.internal", "http://10.0.0.1:9001"))
                .contains("type: STRICT_DNS", "address: web.internal", "port_value: 80", "address: 10.0.0.1");
        assertThat(expanded(":8080", null, "tcp://db.internal:5432")).contains("type: STRICT_DNS", "TcpProxy");
    }

    @Test
    void socketsAreListenedOnByTheirPaths() {
        assertThat(expanded("/run/weir.sock", "/run/admin.sock", "http://10.0.0.1:9001"))
                .contains("path: /run/weir.sock", "path: /run/admin.sock");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            :x          | http://a:1      | --from :x: the port is not a number
            /a"b        | http://a:1      | --from /a"b: the path of a socket has no quotes
            :1          | http://a:1/path | --to http://a:1/path
            :1          | http://:1       | the host is missing
            :1          | tcp://a         | the port is missing
            """)
    void whatCannotBeReadIsToldWithItsOption(String from, String target, String told) {
        assertThatThrownBy(() -> ProxyText.of(from, List.of(target), "random", null))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(told);
    }
}
