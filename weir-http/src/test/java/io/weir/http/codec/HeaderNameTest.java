package io.weir.http.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HeaderNameTest {
    @Test
    void everyKnownNameIsFoundInAnyCaseAtAnyPlace() throws IllegalAccessException {
        for (var name : known()) {
            for (var text : List.of(name.toString(), name.toString().toUpperCase(Locale.ROOT), alternating(name))) {
                assertThat(idOf("", text, ": x")).as(text).isEqualTo(name.id()).isPositive();
                assertThat(idOf("ab", text, "")).as(text).isEqualTo(name.id());
                assertThat(HeaderName.of(text)).isSameAs(name);
            }
        }
    }

    @Test
    void aNameOneCharacterOffIsNotKnown() throws IllegalAccessException {
        for (var name : known()) {
            var text = name.toString();
            for (int i = 0; i < text.length(); i++) {
                for (char c : new char[]{'~', 'q', '9', '_', '^', 'Q', '!'}) {
                    var other = text.substring(0, i) + c + text.substring(i + 1);
                    if (!other.equalsIgnoreCase(text)) {
                        assertThat(idOf("", other, ": x")).as(other)
                                .isEqualTo(HeaderName.of(other).id());
                    }
                }
                assertThat(idOf("", text.substring(0, i) + "x" + text.substring(i), "")).isZero();
            }
            assertThat(idOf("", text + "s", "")).isZero();
        }
    }

    @Test
    void noTwoKnownNamesShareANumber() throws IllegalAccessException {
        assertThat(known().stream().map(HeaderName::id)).doesNotHaveDuplicates().allMatch(id -> id < 64);
    }

    @Test
    void theReferenceKnowsTheSameNames() throws IllegalAccessException {
        var endToEnd = known().stream().filter(n -> HeaderName.endToEnd(n.id())).map(HeaderName::toString);
        var oneHop = known().stream().filter(n -> !HeaderName.endToEnd(n.id())).map(HeaderName::toString);
        assertThat(endToEnd.collect(Collectors.toSet())).isEqualTo(ReferenceHead.END_TO_END);
        assertThat(oneHop.collect(Collectors.toSet())).isEqualTo(ReferenceHead.ONE_HOP);
        assertThat(HeaderName.endToEnd(0)).isFalse();
    }

    @Test
    void namesCompareByTextWithoutCase() {
        assertThat(HeaderName.of("X-Own")).isEqualTo(HeaderName.of("x-own")).hasSameHashCodeAs(HeaderName.of("x-own"))
                .hasToString("x-own").isNotEqualTo(HeaderName.of("x-owm"));
        var bytes = "X-oWn".getBytes(StandardCharsets.US_ASCII);
        assertThat(HeaderName.of("x-own").matches(bytes, 0, 5)).isTrue();
        assertThat(HeaderName.of("x-own").matches(bytes, 0, 4)).isFalse();
    }

    private static List<HeaderName> known() throws IllegalAccessException {
        var names = new ArrayList<HeaderName>();
        for (var field : HeaderName.class.getFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.get(null) instanceof HeaderName name) {
                names.add(name);
            }
        }
        assertThat(names).hasSizeGreaterThan(30);
        return names;
    }

    private static String alternating(HeaderName name) {
        var text = new StringBuilder(name.toString());
        for (int i = 0; i < text.length(); i += 2) {
            text.setCharAt(i, Character.toUpperCase(text.charAt(i)));
        }
        return text.toString();
    }

    private static int idOf(String before, String name, String behind) {
        var bytes = (before + name + behind + "zzzzzzzz").getBytes(StandardCharsets.ISO_8859_1);
        return HeaderName.idOf(bytes, before.length(), before.length() + name.length());
    }
}
