package io.weir.xds.compile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import io.weir.xds.yaml.ConfigText;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Entry;
import io.weir.xds.yaml.Node.Kind;
import io.weir.xds.yaml.Node.Mapping;
import io.weir.xds.yaml.Node.Scalar;
import io.weir.xds.yaml.Node.Sequence;

/**
 * As much of JSON Schema (draft 2020-12) as the schema of the short form uses; a keyword that is not known here is an
 * exception, so that the schema cannot say what nobody checks.
 *
 * @see <a href="https://json-schema.org/draft/2020-12/json-schema-validation">JSON Schema Validation</a>
 */
final class Schema {

    private static final Set<String> KNOWN = Set.of("$schema", "$id", "$defs", "$ref", "$comment", "title",
            "description", "examples", "default", "type", "properties", "additionalProperties", "required",
            "minProperties", "items", "minItems", "enum", "pattern", "minimum", "maximum", "oneOf", "anyOf",
            "propertyNames", "maxProperties", "const");

    private final Mapping root;

    private Schema(Mapping root) {
        this.root = root;
    }

    static Schema load(Path file) throws IOException {
        ConfigText.Parsed parsed = ConfigText.parse(file.toString(), Files.readString(file));
        if (!(parsed.root() instanceof Mapping mapping) || !parsed.problems().isEmpty()) {
            throw new IllegalStateException("the schema cannot be read: " + parsed.problems());
        }
        return new Schema(mapping);
    }

    /** What is wrong with a tree; empty when it follows the schema. */
    List<String> complaints(Node node) {
        var complaints = new ArrayList<String>();
        check(root, node, "", complaints);
        return complaints;
    }

    private void check(Node schema, Node node, String path, List<String> out) {
        if (!(schema instanceof Mapping rules)) {
            if (schema instanceof Scalar answer && answer.text().equals("false")) {
                out.add(path + ": must not be here");
            }
            return;
        }
        for (Entry rule : rules.entries()) {
            if (!KNOWN.contains(rule.key())) {
                throw new IllegalStateException("this keyword of JSON Schema is not known here: " + rule.key());
            }
            rule(rules, rule, node, path, out);
        }
    }

    private void rule(Mapping rules, Entry rule, Node node, String path, List<String> out) {
        Node value = rule.value();
        switch (rule.key()) {
            case "$ref" -> check(definition(text(value)), node, path, out);
            case "type" -> {
                if (items(value).stream().noneMatch(type -> isOfType(node, text(type)))) {
                    out.add(path + ": is not of type " + items(value).stream().map(Schema::text).toList());
                }
            }
            case "enum", "const" -> {
                if (items(value).stream().noneMatch(each -> node instanceof Scalar scalar
                        && scalar.text().equals(text(each)))) {
                    out.add(path + ": is none of " + items(value).stream().map(Schema::text).toList());
                }
            }
            case "pattern" -> {
                if (node instanceof Scalar scalar && scalar.kind() == Kind.TEXT
                        && !Pattern.compile(text(value)).matcher(scalar.text()).find()) {
                    out.add(path + ": " + scalar.text() + " does not match " + text(value));
                }
            }
            case "minimum", "maximum" -> {
                if (node instanceof Scalar scalar && scalar.kind() == Kind.INTEGER) {
                    int sign = Long.compare(Long.parseLong(scalar.text()), Long.parseLong(text(value)));
                    if (rule.key().equals("minimum") ? sign < 0 : sign > 0) {
                        out.add(path + ": " + scalar.text() + " breaks " + rule.key() + " " + text(value));
                    }
                }
            }
            case "oneOf", "anyOf" -> {
                long fits = items(value).stream().filter(each -> fits(each, node, path)).count();
                if (fits == 0 || fits > 1 && rule.key().equals("oneOf")) {
                    out.add(path + ": fits " + fits + " of " + rule.key());
                }
            }
            case "items" -> {
                if (node instanceof Sequence sequence) {
                    for (int i = 0; i < sequence.items().size(); i++) {
                        check(value, sequence.items().get(i), path + "[" + i + "]", out);
                    }
                }
            }
            case "minItems", "minProperties" -> {
                int size = node instanceof Sequence sequence
                        ? sequence.items().size()
                        : node instanceof Mapping mapping ? mapping.entries().size() : Integer.MAX_VALUE;
                if (size < Integer.parseInt(text(value))) {
                    out.add(path + ": has fewer than " + text(value));
                }
            }
            default -> ofMappings(rules, rule, node, path, out);
        }
    }

    private void ofMappings(Mapping rules, Entry rule, Node node, String path, List<String> out) {
        if (!(node instanceof Mapping mapping)) {
            return;
        }
        Node value = rule.value();
        switch (rule.key()) {
            case "required" -> {
                for (Node key : items(value)) {
                    if (mapping.find(text(key)) == null) {
                        out.add(path + ": lacks " + text(key));
                    }
                }
            }
            case "propertyNames" -> {
                for (Entry entry : mapping.entries()) {
                    check(value, new Scalar(entry.at(), entry.key(), Kind.TEXT), path + "." + entry.key(), out);
                }
            }
            case "properties" -> {
                for (Entry property : ((Mapping) value).entries()) {
                    Node under = mapping.find(property.key());
                    if (under != null) {
                        check(property.value(), under, path + "." + property.key(), out);
                    }
                }
            }
            case "additionalProperties" -> {
                Node named = rules.find("properties");
                for (Entry entry : mapping.entries()) {
                    if (!(named instanceof Mapping known) || known.find(entry.key()) == null) {
                        check(value, entry.value(), path + "." + entry.key(), out);
                    }
                }
            }
            default -> {
                // titles, descriptions and definitions ask for nothing
            }
        }
    }

    private boolean fits(Node schema, Node node, String path) {
        var complaints = new ArrayList<String>();
        check(schema, node, path, complaints);
        return complaints.isEmpty();
    }

    private Node definition(String reference) {
        Node definitions = root.find("$defs");
        Node found = definitions instanceof Mapping mapping
                ? mapping.find(reference.substring("#/$defs/".length()))
                : null;
        if (found == null) {
            throw new IllegalStateException("there is no such definition: " + reference);
        }
        return found;
    }

    private static boolean isOfType(Node node, String type) {
        return switch (node) {
            case Mapping _ -> type.equals("object");
            case Sequence _ -> type.equals("array");
            case Scalar scalar -> switch (scalar.kind()) {
                case TEXT -> type.equals("string");
                case BOOLEAN -> type.equals("boolean");
                case INTEGER -> type.equals("integer") || type.equals("number");
                case FLOAT -> type.equals("number");
                case NULL -> type.equals("null");
            };
        };
    }

    private static List<Node> items(Node node) {
        return node instanceof Sequence sequence ? sequence.items() : List.of(node);
    }

    private static String text(Node node) {
        return node instanceof Scalar scalar ? scalar.text() : "";
    }
}
