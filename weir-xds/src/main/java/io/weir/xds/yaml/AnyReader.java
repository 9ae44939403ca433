package io.weir.xds.yaml;

import java.util.ArrayList;
import java.util.List;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Message;

import org.jspecify.annotations.Nullable;

import io.weir.xds.yaml.Node.Entry;
import io.weir.xds.yaml.Node.Mapping;
import io.weir.xds.yaml.Node.Scalar;

/** Reads what may hold any message: {@code @type} beside the fields, or a TypedStruct that names a type. */
final class AnyReader {
    static final String PREFIX = "type.googleapis.com/";

    private final MessageTypes types;
    private final Trail trail;
    private final MessageWalk walk;

    AnyReader(MessageTypes types, Trail trail, MessageWalk walk) {
        this.types = types;
        this.trail = trail;
        this.walk = walk;
    }

    @Nullable
    Message any(Node node, boolean optional) {
        if (!(node instanceof Mapping mapping)) {
            trail.error(node.at(), ScalarReader.shown(node),
                    "a mapping with '@type' and the fields of that type is due here",
                    "write '@type': type.googleapis.com/... below it");
            return null;
        }
        Node type = mapping.find("@type");
        if (!(type instanceof Scalar url) || url.text().isEmpty()) {
            trail.error(type == null ? node.at() : type.at(), type == null ? "" : ScalarReader.shown(type),
                    "'@type' is missing: nothing says which message this is",
                    "add '@type': type.googleapis.com/ followed by the name of the message");
            return null;
        }
        String name = nameOf(url);
        if (name == null) {
            return null;
        }
        if (name.equals("udpa.type.v1.TypedStruct") || name.equals("xds.type.v3.TypedStruct")) {
            return typedStruct(mapping, url, optional);
        }
        Message prototype = types.find(name);
        if (prototype == null) {
            return unknown(url, name, optional);
        }
        Descriptor descriptor = prototype.getDescriptorForType();
        Message message = WellKnownReader.hasOwnForm(descriptor)
                ? ownForm(mapping, descriptor)
                : walk.embedded(without(mapping), descriptor);
        return message == null ? null : packed(name, message.toByteString());
    }

    private @Nullable Message ownForm(Mapping mapping, Descriptor descriptor) {
        Node value = null;
        for (Entry entry : mapping.entries()) {
            if (entry.key().equals("value")) {
                value = entry.value();
            } else if (!entry.key().equals("@type")) {
                int mark = trail.field(entry.key(), entry.at());
                trail.error(entry.at(), ScalarReader.shown(entry.value()),
                        descriptor.getName() + " in an Any has one field, \"value\"", "remove it");
                trail.leave(mark);
            }
        }
        if (value == null) {
            trail.error(mapping.at(), "", "\"value\" is missing", "add value: beside '@type'");
            return null;
        }
        int mark = trail.field("value", value.at());
        Message message = walk.embedded(value, descriptor);
        trail.leave(mark);
        return message;
    }

    /** The value of a TypedStruct stands for the message it names; its fields keep the path of the Any. */
    private @Nullable Message typedStruct(Mapping mapping, Scalar url, boolean optional) {
        Node inner = null;
        Node value = null;
        for (Entry entry : mapping.entries()) {
            switch (entry.key()) {
                case "type_url", "typeUrl" -> inner = entry.value();
                case "value" -> value = entry.value();
                case "@type" -> {
                }
                default -> {
                    int mark = trail.field(entry.key(), entry.at());
                    trail.error(entry.at(), ScalarReader.shown(entry.value()),
                            "TypedStruct has no field \"" + entry.key() + "\"", "its fields: type_url, value");
                    trail.leave(mark);
                }
            }
        }
        if (!(inner instanceof Scalar innerUrl) || innerUrl.text().isEmpty()) {
            trail.error(url.at(), "", "\"type_url\" of this TypedStruct is missing",
                    "add type_url: type.googleapis.com/ followed by the name of the message");
            return null;
        }
        String name = nameOf(innerUrl);
        if (name == null) {
            return null;
        }
        Message prototype = types.find(name);
        if (prototype == null) {
            return unknown(innerUrl, name, optional);
        }
        if (value == null || (value instanceof Scalar scalar && scalar.isNull())) {
            return packed(name, ByteString.EMPTY);
        }
        Message message = walk.embedded(value, prototype.getDescriptorForType());
        return message == null ? null : packed(name, message.toByteString());
    }

    private @Nullable String nameOf(Scalar url) {
        int slash = url.text().lastIndexOf('/');
        if (slash < 0) {
            trail.error(url.at(), url.text(), "a type URL has a slash before the name of the message",
                    "write " + PREFIX + url.text());
            return null;
        }
        return url.text().substring(slash + 1);
    }

    private @Nullable Message unknown(Scalar url, String name, boolean optional) {
        if (optional) {
            trail.warning(url.at(), url.text(), "this extension is not known, and is_optional lets it pass", "");
            return packed(name, ByteString.EMPTY);
        }
        trail.error(url.at(), url.text(), MessageTypes.isVersion2(name)
                ? "this message is of Envoy's API version 2, which nothing speaks any more"
                : "this type is not known", cure(name));
        return null;
    }

    private String cure(String name) {
        String today = MessageTypes.isVersion2(name) ? Hints.today(name) : null;
        if (today != null && types.find(today) != null) {
            return "write " + PREFIX + today;
        }
        int dot = name.lastIndexOf('.');
        if (dot > 0 && dot + 1 < name.length() && Character.isLowerCase(name.charAt(dot + 1))) {
            return "a type URL ends with the name of a message, which begins with a capital letter";
        }
        return "check its spelling and version (Weir knows the messages of Envoy's API v1.36), remove it, or, where the"
                + " message has is_optional, set that";
    }

    private static Mapping without(Mapping mapping) {
        List<Entry> rest = new ArrayList<>(mapping.entries().size());
        for (Entry entry : mapping.entries()) {
            if (!entry.key().equals("@type")) {
                rest.add(entry);
            }
        }
        return new Mapping(mapping.at(), rest);
    }

    private static Any packed(String name, ByteString value) {
        return Any.newBuilder().setTypeUrl(PREFIX + name).setValue(value).build();
    }
}
