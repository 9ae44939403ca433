package io.weir.xds.runtime;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.bootstrap.v3.LayeredRuntime;
import io.envoyproxy.envoy.config.bootstrap.v3.RuntimeLayer;
import io.weir.xds.chain.Complaints;
import io.weir.xds.resource.Nearest;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Reads the layers of a bootstrap's runtime. A key is the same whether it is written with dots or as mappings within
 * each other, and a later layer's value takes the place of an earlier one's, as in Envoy ({@code runtime_impl.cc}).
 */
public final class RuntimeReader {
    private static final String CONNECTIONS = "overload.global_downstream_max_connections";
    private static final String PANIC = "upstream.healthy_panic_threshold";
    private static final String LISTENER = "envoy.resource_limits.listener.";
    private static final String LIMIT = ".connection_limit";
    private static final List<String> HONOURED = List.of(CONNECTIONS, PANIC, LISTENER + "<listener name>" + LIMIT);
    /** Keys that choose between ways in which Envoy's own code does the same. */
    private static final List<String> SWITCHES = List.of("envoy.reloadable_features.", "envoy.restart_features.",
            "envoy.deprecated_features", "envoy.features.", "re2.max_program_size.");
    private static final int WHOLE = 100;
    /** What Envoy takes a text for a number by; Java takes more, as {@code 50d} and {@code 0x1p4}. */
    private static final Pattern DECIMAL = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

    private final Complaints errors;
    private final Complaints warnings;
    private final Map<String, Entry> values = new LinkedHashMap<>();

    /** A value, and where it stands. */
    private record Entry(String path, Value value) {
    }

    private RuntimeReader(Complaints errors, Complaints warnings) {
        this.errors = errors;
        this.warnings = warnings;
    }

    /** What all layers together come to. Paths are given within the message. */
    public static RuntimeValues read(LayeredRuntime runtime, Complaints errors, Complaints warnings) {
        return new RuntimeReader(errors, warnings).read(runtime.getLayersList());
    }

    private RuntimeValues read(List<RuntimeLayer> layers) {
        for (int i = 0; i < layers.size(); i++) {
            RuntimeLayer layer = layers.get(i);
            String at = "layers[" + i + "].";
            switch (layer.getLayerSpecifierCase()) {
                case STATIC_LAYER -> layer(at + "static_layer", layer.getStaticLayer());
                case ADMIN_LAYER, LAYERSPECIFIER_NOT_SET -> {
                    // an empty layer changes nothing
                }
                case DISK_LAYER ->
                    errors.problem(at + "disk_layer", "", "Weir reads no runtime values from disk", "remove it");
                case RTDS_LAYER -> errors.problem(at + "rtds_layer", "",
                        "Weir reads no runtime values from a control plane yet", "remove it");
            }
        }
        Map<String, RuntimeValues.Limit> listeners = new LinkedHashMap<>();
        values.forEach((key, entry) -> {
            if (isListener(key)) {
                connections(key).ifPresent(max -> listeners.put(listener(key),
                        new RuntimeValues.Limit(entry.path(), max)));
            }
        });
        OptionalLong all = connections(CONNECTIONS);
        return new RuntimeValues(
                all.isPresent() ? new RuntimeValues.Limit(path(CONNECTIONS), all.getAsLong()) : null, listeners,
                panicPercent());
    }

    private static boolean isListener(String key) {
        return key.startsWith(LISTENER) && key.endsWith(LIMIT) && key.length() > LISTENER.length() + LIMIT.length();
    }

    private static String listener(String key) {
        return key.substring(LISTENER.length(), key.length() - LIMIT.length());
    }

    private void layer(String path, Struct struct) {
        Map<String, Entry> own = new LinkedHashMap<>();
        struct.getFieldsMap().forEach((key, value) -> walk(own, key, path + "." + key, value));
        List<String> switches = new ArrayList<>();
        own.forEach((key, entry) -> {
            if (SWITCHES.stream().anyMatch(key::startsWith)) {
                switches.add(key);
            } else if (!key.equals(CONNECTIONS) && !key.equals(PANIC) && !isListener(key)) {
                unread(key, entry);
            }
        });
        if (!switches.isEmpty()) {
            warnings.problem(path, String.join(", ", switches), "these switch parts of Envoy's own code, which Weir"
                    + " does not have", "");
        }
        values.putAll(own);
    }

    /** As Envoy does: what has a numerator or a denominator is a value, every other mapping is a part of the key. */
    private void walk(Map<String, Entry> own, String key, String path, Value value) {
        Map<String, Value> fields = value.getStructValue().getFieldsMap();
        if (!fields.isEmpty() && !fields.containsKey("numerator") && !fields.containsKey("denominator")) {
            fields.forEach((part, inner) -> walk(own, key + "." + part, path + "." + part, inner));
            return;
        }
        Entry before = own.put(key, new Entry(path, value));
        if (before != null) {
            errors.problem(path, text(value), "the layer has " + key + " twice, here and as " + text(before.value()),
                    "keep one of them");
        }
    }

    private void unread(String key, Entry entry) {
        String above = HONOURED.stream().filter(each -> key.startsWith(each + ".")).findFirst().orElse("");
        warnings.problem(entry.path(), text(entry.value()), "Weir reads no runtime value of this key; defaults count",
                above.isEmpty() ? Nearest.cure(key, HONOURED, "") : "write the number at " + above + " itself");
    }

    private OptionalLong connections(String key) {
        OptionalLong max = whole(key, "50000");
        if (max.isPresent() && max.getAsLong() == 0) {
            warnings.problem(path(key), "0", "no connection will be taken", "remove the key for no limit");
        }
        return max;
    }

    /** Envoy takes what is beyond the whole as the whole. */
    private int panicPercent() {
        OptionalLong percent = whole(PANIC, "50");
        if (percent.isEmpty()) {
            return RuntimeValues.UNSET;
        }
        if (percent.getAsLong() > WHOLE) {
            warnings.problem(path(PANIC), Long.toString(percent.getAsLong()),
                    "this is in per cent; 100 counts, as in Envoy", "write a number from 0 to 100");
        }
        return (int) Math.min(WHOLE, percent.getAsLong());
    }

    private String path(String key) {
        Entry entry = values.get(key);
        return entry == null ? "" : entry.path();
    }

    /** Envoy takes numbers as text too, and silently passes over what is no whole number. */
    private OptionalLong whole(String key, String example) {
        Entry entry = values.get(key);
        if (entry == null) {
            return OptionalLong.empty();
        }
        double number = number(entry.value());
        if (number >= 0 && number == Math.rint(number) && number < Double.POSITIVE_INFINITY) {
            return OptionalLong.of((long) number);
        }
        errors.problem(entry.path(), text(entry.value()), "this is no whole number from 0 on",
                "write one, such as " + example + ", or remove the key");
        return OptionalLong.empty();
    }

    private static double number(Value value) {
        return switch (value.getKindCase()) {
            case NUMBER_VALUE -> value.getNumberValue();
            case STRING_VALUE -> {
                String text = value.getStringValue().strip();
                yield DECIMAL.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
            }
            case BOOL_VALUE, STRUCT_VALUE, LIST_VALUE, NULL_VALUE, KIND_NOT_SET -> Double.NaN;
        };
    }

    private static String text(Value value) {
        return switch (value.getKindCase()) {
            case NUMBER_VALUE -> new BigDecimal(Double.toString(value.getNumberValue())).stripTrailingZeros()
                    .toPlainString();
            case STRING_VALUE -> value.getStringValue();
            case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
            case STRUCT_VALUE -> "a mapping";
            case LIST_VALUE -> "a list";
            case NULL_VALUE, KIND_NOT_SET -> "nothing";
        };
    }
}
