package io.weir.xds.yaml;

import java.lang.reflect.InvocationTargetException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.google.protobuf.Message;

import org.jspecify.annotations.Nullable;

/**
 * Finds the message for a full proto name. A name becomes a Java class name by the conventions of the Envoy API, and
 * that one class is loaded when it is first asked for: all descriptors together would take seconds. Messages that are
 * not part of that API are added by hand. Any thread.
 */
public final class MessageTypes {
    private static final String ENVOY_NAMES = "envoy.";
    private static final String ENVOY_CLASSES = "io.envoyproxy.envoy.";
    private static final String[][] PACKAGES = {{ENVOY_NAMES, ENVOY_CLASSES}, {"xds.", "com.github.xds."},
            {"udpa.", "com.github.udpa.udpa."}, {"google.protobuf.", "com.google.protobuf."},
            {"google.rpc.", "com.google.rpc."}, {"google.api.", "com.google.api."}, {"cel.expr.", "dev.cel.expr."},
            {"opentelemetry.proto.", "io.opentelemetry.proto."}};
    private static final int NAME_LENGTH_MAX = 256;
    private static final MessageTypes ENVOY = new MessageTypes(Map.of());

    private final Map<String, Message> added;
    private final Map<String, Message> found = new ConcurrentHashMap<>();

    private MessageTypes(Map<String, Message> added) {
        this.added = added;
    }

    /** The messages of the Envoy API that Weir is built with. */
    public static MessageTypes envoy() {
        return ENVOY;
    }

    /** These types and more: each prototype is found under its full name. */
    public MessageTypes with(Message... prototypes) {
        Map<String, Message> all = new HashMap<>(added);
        for (Message prototype : prototypes) {
            all.put(fullName(prototype), prototype.getDefaultInstanceForType());
        }
        return new MessageTypes(Map.copyOf(all));
    }

    /**
     * The full name of a message. Of Envoy's own it is told from the name of the class: asking for a descriptor would
     * load it, and all that it depends on.
     */
    public static String fullName(Message message) {
        String className = message.getClass().getName();
        return className.startsWith(ENVOY_CLASSES)
                ? ENVOY_NAMES + className.substring(ENVOY_CLASSES.length()).replace('$', '.')
                : message.getDescriptorForType().getFullName();
    }

    /**
     * The default instance of the message with this full name, for example
     * {@code envoy.extensions.filters.http.router.v3.Router}; null when there is none. Messages of Envoy's API of
     * version 2 are not found: no Envoy of today reads them.
     */
    public @Nullable Message find(String fullName) {
        Message known = added.get(fullName);
        if (known == null) {
            known = found.get(fullName);
        }
        if (known == null && !isVersion2(fullName)) {
            known = load(fullName);
            if (known != null) {
                found.put(fullName, known);
            }
        }
        return known;
    }

    /** The message that a type URL names: its full name is what follows the last slash. */
    public @Nullable Message findByUrl(String typeUrl) {
        return find(typeUrl.substring(typeUrl.lastIndexOf('/') + 1));
    }

    /** Whether this is a name of Envoy's API before version 3. */
    static boolean isVersion2(String fullName) {
        return fullName.startsWith("envoy.") && (fullName.contains(".v2.") || fullName.contains(".v2alpha"));
    }

    private static @Nullable Message load(String fullName) {
        String className = className(fullName);
        if (className == null) {
            return null;
        }
        try {
            Class<?> type = Class.forName(className, false, MessageTypes.class.getClassLoader());
            return Message.class.isAssignableFrom(type)
                    ? (Message) type.getMethod("getDefaultInstance").invoke(null)
                    : null;
        } catch (ClassNotFoundException | NoSuchMethodException | IllegalAccessException
                | InvocationTargetException e) {
            return null;
        } catch (LinkageError e) {
            return null; // a name that differs from a class file's in case only, on a file system without case
        }
    }

    private static @Nullable String className(String fullName) {
        if (fullName.length() > NAME_LENGTH_MAX) {
            return null;
        }
        for (int i = 0; i < fullName.length(); i++) {
            char c = fullName.charAt(i);
            if (!(c == '.' || c == '_' || (c < 128 && Character.isLetterOrDigit(c)))) {
                return null;
            }
        }
        for (String[] entry : PACKAGES) {
            if (fullName.startsWith(entry[0])) {
                return nested(entry[1] + fullName.substring(entry[0].length()));
            }
        }
        return null;
    }

    /** In proto packages are lower case and messages are not: from the first capital on, a dot is a nested class. */
    private static String nested(String name) {
        int dot = name.indexOf('.');
        while (dot >= 0 && dot + 1 < name.length() && !Character.isUpperCase(name.charAt(dot + 1))) {
            dot = name.indexOf('.', dot + 1);
        }
        return dot < 0 ? name : name.substring(0, dot + 1) + name.substring(dot + 1).replace('.', '$');
    }
}
