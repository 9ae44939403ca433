package io.weir.filters.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Arrays that are taken to pieces as they come. */
class JsonArrayReaderTest {
    private static List<String> elements(String text) {
        var reader = new JsonArrayReader(40);
        List<String> elements = new ArrayList<>();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (took(reader, reader.read(b), elements)) {
                return elements;
            }
        }
        took(reader, reader.end(), elements);
        return elements;
    }

    private static boolean took(JsonArrayReader reader, JsonArrayReader.Taken taken, List<String> elements) {
        switch (taken) {
            case NOTHING -> {
                return false;
            }
            case ELEMENT -> {
                elements.add(new String(reader.take(), StandardCharsets.UTF_8).strip());
                return false;
            }
            case BROKEN, TOO_LONG -> {
                elements.add(taken.toString());
                return true;
            }
        }
        throw new AssertionError(taken);
    }

    @Test
    void elementsAreTakenWhole() {
        assertThat(elements("[]")).isEmpty();
        assertThat(elements("")).isEmpty();
        assertThat(elements(" [ {\"a\":1} , {\"b\":[1,{}]},{} ] \n")).containsExactly("{\"a\":1}", "{\"b\":[1,{}]}",
                "{}");
        assertThat(elements("[1, \"a,]\\\"}\" ,null]")).containsExactly("1", "\"a,]\\\"}\"", "null");
        assertThat(elements("[\"\\\\\",2]")).containsExactly("\"\\\\\"", "2");
        assertThat(elements("[[1],[2]]")).containsExactly("[1]", "[2]");
    }

    @Test
    void aLoneValueIsTheOneElement() {
        assertThat(elements("{\"a\":[1,2]} ")).containsExactly("{\"a\":[1,2]}");
        assertThat(elements("17")).containsExactly("17");
    }

    @Test
    void whatIsNoArrayIsBroken() {
        for (String wrong : List.of("[", "[1", "[1,", "[1,]", "[,1]", "[{\"a\":1]", "[{}{}]", "[1]]", "[1] 2", "{} {}",
                "[\"a", "[}", "{\"a\":\"")) {
            assertThat(elements(wrong)).as(wrong).endsWith("BROKEN");
        }
    }

    @Test
    void anElementIsNoLongerThanAllowed() {
        assertThat(elements("[\"" + "a".repeat(38) + "\"]")).hasSize(1);
        assertThat(elements("[\"" + "a".repeat(39) + "\"]")).containsExactly("TOO_LONG");
        assertThat(elements("[1, " + " ".repeat(100) + "2]")).containsExactly("1", "2");
    }
}
