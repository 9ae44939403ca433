package io.weir.xds.compile;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

import com.google.protobuf.Message;

import io.weir.xds.spec.FormatMistake;
import io.weir.core.model.AccessLogSpec;
import io.weir.xds.check.Honoured;
import io.weir.xds.defaults.Defaults;
import io.weir.xds.yaml.MessageTypes;

import org.jspecify.annotations.Nullable;

/**
 * Which extensions Weir knows, by the full name of their message, and which fields of which messages it honours. Each
 * module adds its own; the application puts them together. Immutable.
 */
public final class Extensions {

    private static final String OWN_TABLE = "/io/weir/xds/honoured.txt";
    private static final String OWN_DEFAULTS = "/io/weir/xds/defaults.yaml";

    private final SortedMap<String, ExtensionReader<?, ?>> readers;
    private final Honoured honoured;
    private final List<Table> defaults;
    private final Function<AccessLogSpec.Format, List<FormatMistake>> formatCheck;

    /** A table of defaults that a module brings; read when somebody wants to see them, which a start does not. */
    private record Table(Class<?> anchor, String resource) {
        String text() {
            try (InputStream in = anchor.getResourceAsStream(resource)) {
                if (in == null) {
                    throw new IllegalArgumentException("there is no resource " + resource);
                }
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Extensions(SortedMap<String, ExtensionReader<?, ?>> readers, Honoured honoured, List<Table> defaults,
            Function<AccessLogSpec.Format, List<FormatMistake>> formatCheck) {
        this.formatCheck = formatCheck;
        this.defaults = List.copyOf(defaults);
        this.readers = readers;
        this.honoured = honoured;
    }

    /** What this module brings: the access loggers and the table of the listener, cluster and endpoint messages. */
    public static Extensions basic() {
        return new Extensions(new TreeMap<>(), Honoured.core(), List.of(), _ -> List.of())
                .withHonoured(Extensions.class, OWN_TABLE).withDefaults(Extensions.class, OWN_DEFAULTS)
                .with(AccessLoggers.readers()).with(ClusterReader.readers())
                .with(new DemoReader());
    }

    /** These extensions and more. A reader takes the place of an earlier one of the same type. */
    public Extensions with(ExtensionReader<?, ?>... more) {
        return with(List.of(more));
    }

    /** These extensions and more. A reader takes the place of an earlier one of the same type. */
    public Extensions with(Collection<? extends ExtensionReader<?, ?>> more) {
        var all = new TreeMap<>(readers);
        for (ExtensionReader<?, ?> reader : more) {
            all.put(reader.type(), reader);
        }
        return new Extensions(all, honoured, defaults, formatCheck);
    }

    /**
     * These extensions and one more table of honoured fields.
     *
     * @param anchor
     *            a class of the module that brings the table
     * @param resource
     *            its absolute resource name, such as {@code /io/weir/http/honoured.txt}
     */
    public Extensions withHonoured(Class<?> anchor, String resource) {
        return new Extensions(readers, honoured.with(anchor, resource), defaults, formatCheck);
    }

    /**
     * These extensions and one more table of what holds where nothing is written.
     *
     * @param anchor
     *            a class of the module that brings the table
     * @param resource
     *            its absolute resource name, such as {@code /io/weir/http/defaults.yaml}
     */
    public Extensions withDefaults(Class<?> anchor, String resource) {
        var more = new ArrayList<>(defaults);
        more.add(new Table(anchor, resource));
        return new Extensions(readers, honoured, more, formatCheck);
    }

    /**
     * These extensions, and somebody who knows the command operators of access logs.
     *
     * @param check
     *            answers what is wrong with the format of an access log; nothing when all is well
     */
    public Extensions withFormatCheck(Function<AccessLogSpec.Format, List<FormatMistake>> check) {
        return new Extensions(readers, honoured, defaults, check);
    }

    /** What is wrong with the format of an access log. */
    List<FormatMistake> formatMistakes(AccessLogSpec.Format format) {
        return formatCheck.apply(format);
    }

    /** The reader of a type, null when there is none. */
    @Nullable
    ExtensionReader<?, ?> reader(String type) {
        return readers.get(type);
    }

    /** The names of all types, in order. */
    public List<String> types() {
        return List.copyOf(readers.keySet());
    }

    /** What an {@code @type} in a text may name: Envoy's API, and the extensions known here. */
    public MessageTypes messageTypes() {
        return MessageTypes.envoy()
                .with(readers.values().stream().map(ExtensionReader::prototype).toArray(Message[]::new));
    }

    /** What holds where nothing is written. Reads the tables. */
    public Defaults defaults() {
        Defaults all = Defaults.none(messageTypes());
        for (Table table : defaults) {
            all = all.with(table.resource, table.text());
        }
        return all;
    }

    /** Which fields are honoured. */
    Honoured honoured() {
        return honoured;
    }
}
