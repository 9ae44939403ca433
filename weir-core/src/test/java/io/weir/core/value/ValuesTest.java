package io.weir.core.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ValuesTest {
    private static String json(Object value) {
        var out = new StringBuilder();
        JsonText.append(value, out);
        return out.toString();
    }

    @Test
    void valuesAreWrittenAsJson() {
        var map = new LinkedHashMap<String, Object>();
        map.put("a\"", List.of(1.0, 1.5, -2.0, 1e300, true, "x\n\\"));
        map.put("b", Map.of());
        map.put("c", List.of());
        map.put("d", Double.NaN);
        assertThat(json(map)).isEqualTo(
                "{\"a\\\"\":[1,1.5,-2,1.0E300,true,\"x\\u000a\\\\\"],\"b\":{},\"c\":[],\"d\":null}");
    }

    @Test
    void aPathLeadsThroughMapsOnly() {
        Map<String, Object> values = Map.of("a", Map.of("b", 1.0), "c", "text");
        assertThat(new MetadataPath("n", List.of("a", "b")).in(values)).isEqualTo(1.0);
        assertThat(new MetadataPath("n", List.of("c", "b")).in(values)).isNull();
        assertThat(new MetadataPath("n", List.of("x", "b")).in(values)).isNull();
        assertThat(new MetadataPath("n", List.of()).in(values)).isEqualTo(values);
        assertThat(new MetadataPath("n", List.of()).in(Map.of())).isNull();
    }

    @Test
    void aTestTakesValuesOfItsOwnKindOnly() {
        assertThat(new ValueTest.Text("a"::equals).passes("a")).isTrue();
        assertThat(new ValueTest.Text(_ -> true).passes(1.0)).isFalse();
        assertThat(new ValueTest.Between(1, 2).passes(1.0)).isTrue();
        assertThat(new ValueTest.Between(1, 2).passes(2.0)).isFalse();
        assertThat(new ValueTest.Between(2, 2).passes(2.0)).isTrue();
        assertThat(new ValueTest.Bool(false).passes(false)).isTrue();
        assertThat(new ValueTest.Bool(false).passes(null)).isFalse();
        assertThat(new ValueTest.Present(false).passes(null)).isTrue();
        assertThat(new ValueTest.OneOf(new ValueTest.Bool(true)).passes(List.of("a", true))).isTrue();
        assertThat(new ValueTest.OneOf(new ValueTest.Bool(true)).passes(true)).isFalse();
        assertThat(new ValueTest.Any(List.of(new ValueTest.Bool(true), new ValueTest.Present(false))).passes(null))
                .isTrue();
    }

    @Test
    void aTestMayBeTurnedRound() {
        var path = new MetadataPath("n", List.of("a"));
        assertThat(new MetadataTest(path, new ValueTest.Bool(true), false).passes(Map.of("a", true))).isTrue();
        assertThat(new MetadataTest(path, new ValueTest.Bool(true), true).passes(Map.of("a", true))).isFalse();
        assertThat(new MetadataTest(path, new ValueTest.Bool(true), true).passes(Map.of())).isTrue();
    }
}
