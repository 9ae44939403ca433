package io.weir.net.acme;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MembersTest {

    @Test
    void urlsOfTheAuthorityAreHttps() {
        Members members = new Members("the order", Map.of("finalize", "http://a.example/", "list", List.of("x y")));
        assertThatThrownBy(() -> members.url("finalize")).hasMessageContaining("no https URL: http://a.example/");
        assertThatThrownBy(() -> members.urls("list")).hasMessageContaining("no URL: x y");
        assertThatThrownBy(() -> members.text("status")).hasMessage("the order has no status");
    }
}
