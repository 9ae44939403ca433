package io.weir.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonReaderTest {

    @Test
    void everyKindOfValueIsRead() throws Exception {
        String text = " {\"a\": [1, -2.5e1, true, false, null, \"x\\n\\u00e9\\/\\\"\"], \"b\": {}, \"c\": []} ";
        Object read = JsonReader.read(text);
        assertThat(read).isInstanceOf(Map.class);
        var out = new StringBuilder();
        JsonText.append(read, out);
        assertThat(out).hasToString("{\"a\":[1,-25,true,false,null,\"x\\u000a\u00e9/\\\"\"],\"b\":{},\"c\":[]}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"a\"}", "{\"a\":}", "{a:1}", "[1,]", "[1 2]", "01", "1.", "+1", "\"\t\"", "\"x",
            "\"\\x\"", "\"\\u12g4\"", "tru", "{} {}", "{\"a\":1,}"})
    void whatIsNoJsonIsRefused(String text) {
        assertThatThrownBy(() -> JsonReader.read(text)).isInstanceOf(JsonReader.Malformed.class);
    }

    @Test
    void depthIsBounded() {
        assertThatThrownBy(() -> JsonReader.read("[".repeat(1_000_000))).isInstanceOf(JsonReader.Malformed.class)
                .hasMessageContaining("deep");
    }
}
