package io.weir.observe.log;

import io.weir.core.value.JsonText;
import io.weir.core.value.MetadataPath;
import io.weir.observe.log.Operator.Kind;
import io.weir.observe.log.Operator.Typed;
import io.weir.observe.log.Operators.Unreadable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code DYNAMIC_METADATA(NAMESPACE:KEY:KEY)}: text as it stands, everything else as JSON. */
final class Metadata {
    private Metadata() {}

    static Typed dynamic(@Nullable String argument) throws Unreadable {
        if (argument == null || argument.isEmpty() || argument.startsWith(":")) {
            throw new Unreadable("DYNAMIC_METADATA needs a namespace: %DYNAMIC_METADATA(NAMESPACE:KEY)%");
        }
        List<String> parts = List.of(argument.split(":", -1));
        var path = new MetadataPath(parts.getFirst(), parts.subList(1, parts.size()));
        return new Typed(Kind.STRING, (ended, out) -> {
            Object value = path.in(ended.dynamicMetadata(path.namespace()));
            if (value == null) {
                return false;
            }
            if (value instanceof String text) {
                out.append(text);
            } else {
                var json = new StringBuilder();
                JsonText.append(value, json);
                out.append(json.toString());
            }
            return true;
        });
    }
}
