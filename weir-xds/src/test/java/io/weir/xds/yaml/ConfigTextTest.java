package io.weir.xds.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.weir.xds.resource.Position;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.Node.Kind;
import io.weir.xds.yaml.Node.Mapping;
import io.weir.xds.yaml.Node.Scalar;
import io.weir.xds.yaml.Node.Sequence;

class ConfigTextTest {

    private static Node root(String text) {
        ConfigText.Parsed parsed = ConfigText.parse("f", text);
        assertThat(parsed.problems()).isEmpty();
        return Objects.requireNonNull(parsed.root());
    }

    private static List<String> problems(String text) {
        return ConfigText.parse("f", text).problems().stream().map(Problem::toString).toList();
    }

    private static Scalar scalar(Node node, String key) {
        return (Scalar) Objects.requireNonNull(((Mapping) node).find(key));
    }

    @Test
    void aTreeKnowsWhereItsPartsBegin() {
        Mapping root = (Mapping) root("a: 1\nb:\n  - x\n  - {c: d}\n");
        assertThat(root.entries().get(0).at()).isEqualTo(new Position("f", 1, 1));
        assertThat(root.entries().get(0).value().at()).isEqualTo(new Position("f", 1, 4));
        Sequence list = (Sequence) root.entries().get(1).value();
        assertThat(list.items().get(1).at()).isEqualTo(new Position("f", 4, 5));
        assertThat(scalar(list.items().get(1), "c").at()).isEqualTo(new Position("f", 4, 9));
    }

    @ParameterizedTest
    @CsvSource({"12, INTEGER", "-3, INTEGER", "0x1f, INTEGER", "0o17, INTEGER", "0644, INTEGER", "1.5, FLOAT",
            "1e3, FLOAT", "1., FLOAT", ".5, FLOAT", "., TEXT", "+, TEXT", "-.inf, FLOAT", ".nan, FLOAT",
            "1.2.3, TEXT", "10s, TEXT", "0x, TEXT", "1e, TEXT", "true, BOOLEAN", "Yes, BOOLEAN", "oN, TEXT",
            "off, BOOLEAN", "~, NULL", "Null, NULL", "nULL, TEXT", "10.0.0.1, TEXT", "truely, TEXT"})
    void aPlainScalarLooksLikeWhatYamlSays(String text, Kind kind) {
        assertThat(scalar(root("k: " + text), "k").kind()).isEqualTo(kind);
        assertThat(scalar(root("k: \"" + text + "\""), "k").kind()).isEqualTo(Kind.TEXT);
    }

    @Test
    void tagsDecideOverLooks() {
        assertThat(scalar(root("k: !!str 12"), "k").kind()).isEqualTo(Kind.TEXT);
        assertThat(scalar(root("k: !!int \"12\""), "k").kind()).isEqualTo(Kind.INTEGER);
        assertThat(scalar(root("k: ! 12"), "k").kind()).isEqualTo(Kind.TEXT);
    }

    @Test
    void jsonIsRead() {
        Node root = root("{\"a\":{\"b\":[1,2.5,true,null,\"\\u00e9\\ud83d\\ude00\\/\"]},\n\t\"c\"\t:\t{}\n}");
        Sequence list = (Sequence) Objects.requireNonNull(((Mapping) Objects.requireNonNull(((Mapping) root).find("a")))
                .find("b"));
        assertThat(list.items()).extracting(item -> ((Scalar) item).text()).containsExactly("1", "2.5", "true", "null",
                "é\ud83d\ude00/");
    }

    @Test
    void aliasesAndMergeKeysAreFollowed() {
        Node root = root("""
                base: &base { a: 1, b: 2 }
                use: *base
                more:
                  <<: *base
                  b: 3
                both: { <<: [ { x: 1, y: 2 }, { y: 3, z: 4 } ] }
                """);
        assertThat(((Mapping) root).find("use")).isSameAs(((Mapping) root).find("base"));
        Mapping more = (Mapping) Objects.requireNonNull(((Mapping) root).find("more"));
        assertThat(scalar(more, "a").text()).isEqualTo("1");
        assertThat(scalar(more, "b").text()).isEqualTo("3");
        Mapping both = (Mapping) Objects.requireNonNull(((Mapping) root).find("both"));
        assertThat(scalar(both, "y").text()).isEqualTo("2");
        assertThat(scalar(both, "z").text()).isEqualTo("4");
    }

    @Test
    void keysTaggedToBeIgnoredHoldAnchorsOnly() {
        Mapping root = (Mapping) root("!ignore shared:\n- &port 80\nport: *port\n");
        assertThat(root.entries()).hasSize(1);
        assertThat(scalar(root, "port").text()).isEqualTo("80");
    }

    @Test
    void aKeyThatStandsTwiceIsAProblemAtItsSecondPlace() {
        assertThat(problems("a: 1\nb: 2\na: 3\n")).containsExactly(
                "f:3:1: this key was already written at line 1 (a); keep one of them");
    }

    @Test
    void aliasesOfAliasesAreBounded() {
        StringBuilder text = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 12; i++) {
            text.append("a").append(i).append(": &a").append(i).append(" [");
            for (int j = 0; j < 10; j++) {
                text.append(j == 0 ? "" : ",").append("*a").append(i - 1);
            }
            text.append("]\n");
        }
        assertThat(problems(text.toString())).singleElement().asString().contains("aliases add more than 200000");
    }

    @Test
    void anAliasInsideItsOwnAnchorIsAProblem() {
        assertThat(problems("a: &x [ *x ]")).singleElement().asString().contains("stands inside its own anchor");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":", "- "})
    void depthIsBounded(String opening) {
        assertThat(problems(opening.repeat(50_000))).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"a: b: c | f:1:5 | mapping values are not allowed",
            "'a: [1, 2' | f:1:9 | check quotes, brackets", "'a: \"x' | f:1:6 | quoted scalar",
            "'a:\n\tb: 1' | f:2:1 | indent with spaces, not with tabs", "'a: *b' | f:1:4 | no anchor with this name",
            "'a: 1\n b: 2' | f:2:3 | ", "'---\na: 1\n---\nb: 2' | f:3:1 | a second document",
            "'a: @b' | f:1:4 | cannot start any token", "'' | f:1:1 | the text is empty",
            "'? [a]\n: b' | f:1:3 | a key is due", "'<<: 1' | f:1:1 | only a mapping can be merged"})
    void aFaultOfYamlNamesItsPlaceAndCure(String text, String place, String words) {
        assertThat(problems(text)).isNotEmpty().first().asString().startsWith(place)
                .contains(words == null ? "" : words);
    }

    @Test
    void anyTextAtAllIsReadOrRefusedButNothingIsThrown() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] pieces = {"a", "b: ", "- ", "[", "]", "{", "}", "\"", "'", "\n", "  ", ", ", ": ", "&x ", "*x", "!t ",
                "|\n",
                ">\n", "#", "? ", "%YAML 1.2\n", "---\n", "...\n", "1", "0.5s", "~", "\t", "\\", "é", "\ud83d\ude00",
                "\ud800",
                "\0", "<<: ", "static_resources:\n", "  clusters:\n", "  - name: x\n", "'@type': ",
                "type.googleapis.com/",
                "google.protobuf.Struct", "node: ", "id: ", "admin: ", "!!int ", "@", "`", "\u2028", "\uFEFF"};
        ProtoReader reader = new ProtoReader(MessageTypes.envoy());
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(25); n >= 0; n--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            try {
                Node root = ConfigText.parse("f", text.toString()).root();
                if (root != null) {
                    reader.read(root, Bootstrap.getDefaultInstance(), "");
                }
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", text " + i + ":\n" + text, e);
            }
        }
    }
}
