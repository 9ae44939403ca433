package io.weir.net.tls;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RequestNameTest {
    @Test
    void aNameIsAskedForWithoutPortAndFinalDotAndInLowerCase() {
        var name = new RequestName("shop.example", "shop.example");
        assertThat(RequestName.of("shop.example")).isEqualTo(name);
        assertThat(RequestName.of("Shop.Example:8443")).isEqualTo(name);
        assertThat(RequestName.of("shop.example.")).isEqualTo(name);
        assertThat(RequestName.of("a_b").sni()).isEqualTo("a_b");
    }

    @Test
    void anAddressIsProvenAndNotAskedFor() {
        assertThat(RequestName.of("10.0.0.1:80")).isEqualTo(new RequestName("10.0.0.1", ""));
        assertThat(RequestName.of("[::1]:80")).isEqualTo(new RequestName("0:0:0:0:0:0:0:1", ""));
        assertThat(RequestName.of("2001:DB8::1")).isEqualTo(new RequestName("2001:db8:0:0:0:0:0:1", ""));
    }

    @Test
    void whatNoHostCanBeAskedForIsNotAskedFor() {
        for (String odd : new String[]{"", "a..b", ".", "shop!", "%41", "10.0.0.1.2", "a".repeat(64)}) {
            assertThat(RequestName.of(odd).sni()).as(odd).isEmpty();
        }
    }

    @Test
    void aNameLongerThanAnyIsKeptShortAndIsThatOfNoCertificate() {
        RequestName name = RequestName.of("a.".repeat(30_000) + "example");
        assertThat(name.sni()).isEmpty();
        assertThat(name.host()).hasSize(254).endsWith("!");
        assertThat(RequestName.of("a." + "b".repeat(60_000) + ":443"))
                .isEqualTo(RequestName.of("a." + "b".repeat(300)));
        assertThat(RequestName.of("a.".repeat(126) + "b").sni()).hasSize(253);
    }
}
