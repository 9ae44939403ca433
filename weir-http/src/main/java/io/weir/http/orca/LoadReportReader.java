package io.weir.http.orca;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.netty.buffer.ByteBuf;
import io.weir.core.model.OrcaReport;
import io.weir.xds.yaml.ConfigText;
import io.weir.xds.yaml.Node.Entry;
import io.weir.xds.yaml.Node.Mapping;
import io.weir.xds.yaml.Node.Scalar;
import io.weir.xds.yaml.Node.Sequence;
import java.io.IOException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads ORCA load reports as they stand in headers: {@code TEXT cpu_utilization=0.3, rps_fractional=120}, {@code JSON
 * {"cpu_utilization": 0.3}}, {@code BIN} and base64 of the message; a value without a word before it is text. What
 * Envoy accepts is accepted; of a text, entries that cannot be read are left out.
 *
 * @see <a href="https://github.com/grpc/proposal/blob/master/A51-custom-backend-metrics.md">gRFC A51</a>
 */
public final class LoadReportReader {
    private static final String TEXT = "TEXT ";
    private static final String JSON = "JSON ";
    private static final String BINARY = "BIN ";
    private static final String NAMED = "named_metrics.";
    private static final String UTILIZATION = "utilization.";
    private static final String COST = "request_cost.";

    /** The fields of {@code xds.data.orca.v3.OrcaLoadReport} by number; those with a dot are maps. */
    private static final List<String> FIELDS = List.of("", "cpu_utilization", "mem_utilization", "", COST, UTILIZATION,
            "rps_fractional", "eps", NAMED, "application_utilization");
    private static final int KEY_TAG = 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int VALUE_TAG = 2 << 3 | WireFormat.WIRETYPE_FIXED64;

    private LoadReportReader() {}

    /** The value of {@code endpoint-load-metrics}; null when it cannot be read. */
    public static @Nullable OrcaReport read(String value) {
        if (value.startsWith(BINARY)) {
            return binary(value.substring(BINARY.length()));
        }
        if (value.startsWith(JSON)) {
            return json(value.substring(JSON.length()));
        }
        return text(value.startsWith(TEXT) ? value.substring(TEXT.length()) : value);
    }

    /** The value of {@code endpoint-load-metrics-bin}, with padding or without; null when it cannot be read. */
    public static @Nullable OrcaReport binary(String base64) {
        try {
            return report(CodedInputStream.newInstance(Base64.getDecoder().decode(base64.strip())));
        } catch (IllegalArgumentException | IOException e) {
            return null;
        }
    }

    /** The bytes of the message; null when they cannot be read. */
    static @Nullable OrcaReport message(ByteBuf message) {
        byte[] bytes = new byte[message.readableBytes()];
        message.readBytes(bytes);
        try {
            return report(CodedInputStream.newInstance(bytes));
        } catch (IOException e) {
            return null;
        }
    }

    private static @Nullable OrcaReport json(String json) {
        if (!(ConfigText.parse("endpoint-load-metrics", json).root() instanceof Mapping root)) {
            return null;
        }
        Map<String, Double> told = new HashMap<>();
        for (Entry entry : root.entries()) {
            String name = snake(entry.key());
            switch (entry.value()) {
                case Scalar scalar -> put(told, name, scalar.text());
                case Mapping named -> named.entries().forEach(metric -> {
                    if (metric.value() instanceof Scalar scalar) {
                        put(told, name + '.' + metric.key(), scalar.text());
                    }
                });
                case Sequence _ -> {
                    // no field of the message is a list
                }
            }
        }
        return report(told);
    }

    /** Protobuf's JSON has field names in either form. */
    private static String snake(String name) {
        StringBuilder snake = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            snake.append(c >= 'A' && c <= 'Z' ? "_" + (char) (c + ('a' - 'A')) : String.valueOf(c));
        }
        return snake.toString();
    }

    /**
     * The message's fields by their numbers. Its generated class would do, but loading that class and its descriptors
     * takes long, and this is a worker's time.
     */
    private static OrcaReport report(CodedInputStream in) throws IOException {
        Map<String, Double> told = new HashMap<>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int field = WireFormat.getTagFieldNumber(tag);
            String name = field < FIELDS.size() ? FIELDS.get(field) : "";
            int type = WireFormat.getTagWireType(tag);
            if (type == WireFormat.WIRETYPE_FIXED64 && !name.isEmpty()) {
                told.put(name, in.readDouble());
            } else if (type == WireFormat.WIRETYPE_LENGTH_DELIMITED && name.endsWith(".")) {
                metric(in.readBytes().newCodedInput(), name, told);
            } else if (!in.skipField(tag)) {
                throw new IOException("an end without a beginning");
            }
        }
        return report(told, OrcaReport.NONE);
    }

    /** One entry of a map: its key is field 1, its value field 2. */
    private static void metric(CodedInputStream in, String prefix, Map<String, Double> told) throws IOException {
        String key = "";
        double value = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == KEY_TAG) {
                key = in.readStringRequireUtf8();
            } else if (tag == VALUE_TAG) {
                value = in.readDouble();
            } else if (!in.skipField(tag)) {
                throw new IOException("an end without a beginning");
            }
        }
        told.put(prefix + key, value);
    }

    private static @Nullable OrcaReport text(String text) {
        Map<String, Double> told = new HashMap<>();
        for (String entry : text.split(",", -1)) {
            int sign = entry.indexOf('=') >= 0 ? entry.indexOf('=') : entry.indexOf(':');
            if (sign > 0) {
                put(told, entry.substring(0, sign).strip(), entry.substring(sign + 1).strip());
            }
        }
        return report(told);
    }

    private static void put(Map<String, Double> told, String name, String value) {
        try {
            told.putIfAbsent(name, Double.valueOf(value));
        } catch (NumberFormatException e) {
            // no number: left out
        }
    }

    private static @Nullable OrcaReport report(Map<String, Double> told) {
        return told.isEmpty() ? null : report(told, OrcaReport.NONE);
    }

    private static OrcaReport report(Map<String, Double> told, OrcaReport otherwise) {
        return told.isEmpty()
                ? otherwise
                : new OrcaReport(told.getOrDefault("cpu_utilization", 0.0), told.getOrDefault("mem_utilization", 0.0),
                        told.getOrDefault("application_utilization", 0.0), told.getOrDefault("rps_fractional", 0.0),
                        told.getOrDefault("eps", 0.0), under(told, UTILIZATION), under(told, COST),
                        under(told, NAMED));
    }

    private static Map<String, Double> under(Map<String, Double> told, String prefix) {
        Map<String, Double> under = new HashMap<>();
        told.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                under.put(name.substring(prefix.length()), value);
            }
        });
        return under;
    }
}
