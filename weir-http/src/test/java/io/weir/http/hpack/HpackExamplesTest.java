package io.weir.http.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Every example of RFC 7541 appendix C: the fields, and the dynamic table behind each block with its size. */
class HpackExamplesTest {
    private final Fields fields = new Fields();

    private void decodes(String block, List<String> expected, int tableSize, String... table) {
        assertThat(fields.decode(block)).isNull();
        assertThat(fields.all).isEqualTo(expected);
        assertThat(fields.table()).containsExactly(table);
        assertThat(Fields.size(fields.table())).isEqualTo(tableSize);
    }

    @Test
    void c2_1_aLiteralWithIndexingIsRemembered() {
        decodes("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
                List.of("custom-key: custom-header"), 55, "custom-key: custom-header");
    }

    @Test
    void c2_2_aLiteralWithoutIndexingIsNot() {
        decodes("040c 2f73 616d 706c 652f 7061 7468", List.of(":path: /sample/path"), 0);
    }

    @Test
    void c2_3_aLiteralThatIsNeverIndexedSaysSo() {
        decodes("1008 7061 7373 776f 7264 0673 6563 7265 74", List.of("!password: secret"), 0);
    }

    @Test
    void c2_4_anIndexNamesAStaticField() {
        decodes("82", List.of(":method: GET"), 0);
    }

    @Test
    void c3_requestsWithoutHuffmanCoding() {
        requests("8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d", "8286 84be 5808 6e6f 2d63 6163 6865",
                "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65");
    }

    @Test
    void c4_requestsWithHuffmanCoding() {
        requests("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", "8286 84be 5886 a8eb 1064 9cbf",
                "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf");
    }

    private void requests(String first, String second, String third) {
        decodes(first, List.of(":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"), 57,
                ":authority: www.example.com");
        decodes(second, List.of(":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com",
                "cache-control: no-cache"), 110, "cache-control: no-cache", ":authority: www.example.com");
        decodes(third, List.of(":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com",
                "custom-key: custom-value"), 164, "custom-key: custom-value", "cache-control: no-cache",
                ":authority: www.example.com");
    }

    @Test
    void c5_responsesWithoutHuffmanCodingAndWithEviction() {
        responses("""
                4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32
                3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d""",
                "4803 3330 37c1 c0bf", """
                        88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a
                        6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d
                        6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31""");
    }

    @Test
    void c6_responsesWithHuffmanCodingAndWithEviction() {
        responses("""
                4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad
                1718 63c7 8f0b 97c8 e9ae 82ae 43d3""", "4883 640e ffc1 c0bf", """
                88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2
                e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07""");
    }

    private void responses(String first, String second, String third) {
        String then = "date: Mon, 21 Oct 2013 20:13:21 GMT";
        String later = "date: Mon, 21 Oct 2013 20:13:22 GMT";
        String location = "location: https://www.example.com";
        String cookie = "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";
        fields.decoder.tableMax(256);
        assertThat(fields.decode("3fe101")).isNull(); // the examples' table of 256 bytes
        decodes(first, List.of(":status: 302", "cache-control: private", then, location), 222, location, then,
                "cache-control: private", ":status: 302");
        decodes(second, List.of(":status: 307", "cache-control: private", then, location), 222, ":status: 307",
                location, then, "cache-control: private");
        decodes(third, List.of(":status: 200", "cache-control: private", later, location, "content-encoding: gzip",
                cookie), 215, cookie, "content-encoding: gzip", later);
    }
}
