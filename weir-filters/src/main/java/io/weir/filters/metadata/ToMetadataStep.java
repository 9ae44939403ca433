package io.weir.filters.metadata;

import io.weir.core.stats.Counter;
import io.weir.filters.metadata.MetadataRule.Entry;
import io.weir.filters.metadata.ToMetadataSpec.Numbers;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The filter at one connection. */
final class ToMetadataStep implements FilterStep {
    /** Longer texts are not written down, as in Envoy. */
    private static final int TEXT_BYTES_MAX = 8 * 1024;

    private final ToMetadataSpec spec;
    private final @Nullable Numbers requests;
    private final @Nullable Numbers responses;
    private final FilterExchange exchange;

    ToMetadataStep(ToMetadataSpec spec, @Nullable Numbers requests, @Nullable Numbers responses,
            FilterExchange exchange) {
        this.spec = spec;
        this.requests = requests;
        this.responses = responses;
        this.exchange = exchange;
    }

    @Override
    public Flow requestHead(HttpHead request) {
        apply(spec.request(), request, requests);
        return Flow.NEXT;
    }

    @Override
    public void responseHead(HttpHead response) {
        apply(spec.response(), response, responses);
    }

    private void apply(List<MetadataRule> rules, HttpHead head, @Nullable Numbers numbers) {
        for (int i = 0; i < rules.size(); i++) {
            var rule = rules.get(i);
            count(numbers, Numbers::rulesProcessed);
            String text = rule.source().take(head);
            if (text == null) {
                count(numbers, Numbers::headerNotFound);
            }
            var entry = text == null ? rule.missing() : rule.present();
            if (entry != null) {
                write(entry, entry.text(text == null ? "" : text), numbers);
            }
        }
    }

    private void write(Entry entry, String text, @Nullable Numbers numbers) {
        if (text.isEmpty()) {
            return;
        }
        if (text.length() >= TEXT_BYTES_MAX) {
            count(numbers, Numbers::headerValueTooLong);
            return;
        }
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1); // a head's characters are its bytes
        if (entry.base64()) {
            try {
                bytes = Base64.getDecoder().decode(bytes);
            } catch (IllegalArgumentException broken) {
                bytes = new byte[0];
            }
            if (bytes.length == 0) {
                count(numbers, Numbers::base64DecodeFailed);
                return;
            }
        }
        Object value = value(entry.type(), bytes);
        if (value != null) {
            exchange.metadata().put(entry.namespace(), entry.key(), value);
            count(numbers, Numbers::metadataAdded);
        }
    }

    private static @Nullable Object value(MetadataRule.Type type, byte[] bytes) {
        return switch (type) {
            case STRING -> new String(bytes, StandardCharsets.UTF_8);
            case NUMBER -> number(new String(bytes, StandardCharsets.ISO_8859_1).strip());
            case PROTOBUF_VALUE -> ToMetadataReader.decoded(bytes);
        };
    }

    private static @Nullable Object number(String text) {
        if (text.isEmpty() || "+-.0123456789".indexOf(text.charAt(0)) < 0 || "dDfF".indexOf(text.charAt(text.length()
                - 1)) >= 0) { // Java would read more as a number than what is one
            return null;
        }
        try {
            return Double.valueOf(text);
        } catch (NumberFormatException none) {
            return null;
        }
    }

    private static void count(@Nullable Numbers numbers, Function<Numbers, Counter> which) {
        if (numbers != null) {
            which.apply(numbers).increment();
        }
    }
}
