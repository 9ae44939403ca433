package io.weir.http.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.route.Heads;
import org.junit.jupiter.api.Test;

class ScopesReaderTest {
    private static final String BUILDER = """
            scope_key_builder:
              fragments:
              - header_value_extractor: { name: x-place, element_separator: ";", element: { separator: "=", key: zone } }
              - header_value_extractor: { name: x-list, element_separator: ",", index: 1 }
            """;

    private static String scope(String zone, String item, String route) {
        return """
                - name: %s
                  key: { fragments: [ { string_key: "%s" }, { string_key: "%s" } ] }
                  route_configuration: { virtual_hosts: { name: all, domains: "*", routes: {
                    name: %s, match: { prefix: / }, route: { cluster: %s } } } }
                """.formatted(route, zone, item, route, route);
    }

    private static ReadManager read(String builder, String scopes) {
        return ReadManager.withRouter("scoped_routes:\n  name: s\n" + builder.indent(2)
                + "  scoped_route_configurations_list:\n    scoped_route_configurations:\n" + scopes.indent(4));
    }

    private static String found(ReadManager read, String... lines) {
        var head = Heads.to("/", lines);
        var route = read.accepted().routes().match(head, 0, Heads.source(head));
        var host = read.accepted().routes().virtualHost(head);
        assertThat(host == null).isEqualTo(route == null);
        return route == null ? "none" : route.name();
    }

    @Test
    void theKeyOfARequestNamesItsTable() {
        var read = read(BUILDER, scope("a", "x", "ax") + scope("b", "x", "bx") + scope("", "", "empty"));
        assertThat(found(read, "x-place: rack=1;zone=a", "x-list: w,x,y")).isEqualTo("ax");
        assertThat(found(read, "x-place: zone=b;zone=a", "x-list: w,x")).as("the first of several").isEqualTo("bx");
        assertThat(found(read, "x-place: zone", "x-list: ,")).as("a key alone has an empty value").isEqualTo("empty");
        assertThat(found(read, "x-place: zone=c", "x-list: w,x")).as("no such scope").isEqualTo("none");
        assertThat(found(read, "x-place: zone=a", "x-list: w")).as("no second element").isEqualTo("none");
        assertThat(found(read, "x-place: zones=a", "x-list: w,x")).isEqualTo("none");
        assertThat(found(read, "x-list: w,x")).isEqualTo("none");
        assertThat(read.accepted().routes().hosts()).hasSize(3);
        assertThat(read.clusters()).containsExactly("ax", "bx", "empty");
    }

    @Test
    void withoutASeparatorTheWholeValueIsTheKey() {
        String builder = "scope_key_builder: { fragments: { header_value_extractor: { name: x-a, index: 0 } } }\n";
        String scope = scope("a;b", "", "whole").replace(", { string_key: \"\" }", "");
        assertThat(found(read(builder, scope), "x-a: a;b")).isEqualTo("whole");
    }

    @Test
    void whatIsWrongIsToldWithItsPlace() {
        String list = "ERROR scoped_routes.scoped_route_configurations_list.scoped_route_configurations";
        assertThat(read(BUILDER, scope("a", "x", "one") + scope("a", "x", "two")).problems()).singleElement()
                .asString().startsWith(list + "[1].key: a, x").contains("another scope");
        assertThat(read(BUILDER, "- { name: a, key: { fragments: { string_key: a } }, route_configuration: {} }")
                .problems()).singleElement().asString().startsWith(list + "[0].key: a").contains("1 fragments");
        assertThat(read(BUILDER, "- { name: a, key: { fragments: { string_key: a } } }").problems()).singleElement()
                .asString().startsWith(list + "[0].route_configuration: ");
        String at = "ERROR scoped_routes.scope_key_builder.fragments[0].header_value_extractor";
        assertThat(read("scope_key_builder: { fragments: { header_value_extractor: { name: x-a, index: 2 } } }", "- {}")
                .problems()).anyMatch(problem -> problem.startsWith(at + ".index: 2"));
        assertThat(read("scope_key_builder: { fragments: { header_value_extractor: { name: \"x a\" } } }", "- {}")
                .problems()).anyMatch(problem -> problem.startsWith(at + ".name: x a"));
        assertThat(read("scope_key_builder: { fragments: { header_value_extractor: { name: x-a } } }", "- {}")
                .problems()).anyMatch(problem -> problem.startsWith(at + ": "));
    }
}
