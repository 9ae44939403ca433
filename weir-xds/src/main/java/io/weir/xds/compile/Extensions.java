package io.weir.xds.compile;

import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

import com.google.protobuf.Message;

import io.weir.core.model.AccessLogSpec;
import io.weir.xds.check.Honoured;
import io.weir.xds.yaml.MessageTypes;

import org.jspecify.annotations.Nullable;

/**
 * Which extensions Weir knows, by the full name of their message, and which fields of which messages it honours. Each
 * module adds its own; the application puts them together. Immutable.
 */
public final class Extensions {

    private static final String OWN_TABLE = "/io/weir/xds/honoured.txt";

    private final SortedMap<String, ExtensionReader<?, ?>> readers;
    private final Honoured honoured;
    private final Function<AccessLogSpec.Format, List<FormatMistake>> formatCheck;

    private Extensions(SortedMap<String, ExtensionReader<?, ?>> readers, Honoured honoured,
            Function<AccessLogSpec.Format, List<FormatMistake>> formatCheck) {
        this.formatCheck = formatCheck;
        this.readers = readers;
        this.honoured = honoured;
    }

    /** What this module brings: the access loggers and the table of the listener, cluster and endpoint messages. */
    public static Extensions basic() {
        return new Extensions(new TreeMap<>(), Honoured.core(), _ -> List.of())
                .withHonoured(Extensions.class, OWN_TABLE)
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
        return new Extensions(all, honoured, formatCheck);
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
        return new Extensions(readers, honoured.with(anchor, resource), formatCheck);
    }

    /**
     * These extensions, and somebody who knows the command operators of access logs.
     *
     * @param check
     *            answers what is wrong with the format of an access log; nothing when all is well
     */
    public Extensions withFormatCheck(Function<AccessLogSpec.Format, List<FormatMistake>> check) {
        return new Extensions(readers, honoured, check);
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
    MessageTypes messageTypes() {
        return MessageTypes.envoy()
                .with(readers.values().stream().map(ExtensionReader::prototype).toArray(Message[]::new));
    }

    /** Which fields are honoured. */
    Honoured honoured() {
        return honoured;
    }
}
