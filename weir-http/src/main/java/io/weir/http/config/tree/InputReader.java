package io.weir.http.config.tree;

import com.github.xds.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.matching.common_inputs.network.v3.DynamicMetadataInput;
import io.envoyproxy.envoy.extensions.matching.common_inputs.network.v3.FilterStateInput;
import io.envoyproxy.envoy.type.matcher.v3.HttpRequestHeaderMatchInput;
import io.envoyproxy.envoy.type.matcher.v3.HttpRequestQueryParamMatchInput;
import io.weir.core.value.MetadataPath;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.match.HeadField;
import io.weir.http.route.match.HeadText;
import io.weir.http.route.tree.Input;
import io.weir.http.route.tree.Input.Connection;
import io.weir.http.route.tree.Input.Connection.End;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/** Reads what a tree looks at. */
final class InputReader {
    private static final String NETWORK = "envoy.extensions.matching.common_inputs.network.v3.";
    private static final String HTTP = "envoy.type.matcher.v3.";

    private InputReader() {}

    /** The input, or null after a problem. */
    static @Nullable Input read(TypedExtensionConfig message, ReadContext at) {
        var any = message.getTypedConfig();
        return switch (PackedReader.type(any)) {
            case HTTP + "HttpRequestHeaderMatchInput" ->
                header(PackedReader.unpack(any, HttpRequestHeaderMatchInput.parser(), at), at);
            case HTTP + "HttpRequestQueryParamMatchInput" -> {
                var query = PackedReader.unpack(any, HttpRequestQueryParamMatchInput.parser(), at);
                yield query == null ? null : new Input.Query(HeadText.bytes(query.getQueryParam()));
            }
            case NETWORK + "SourceIPInput" -> new Connection(End.SOURCE, false);
            case NETWORK + "SourcePortInput" -> new Connection(End.SOURCE, true);
            case NETWORK + "DirectSourceIPInput" -> new Connection(End.DIRECT_SOURCE, false);
            case NETWORK + "DestinationIPInput" -> new Connection(End.DESTINATION, false);
            case NETWORK + "DestinationPortInput" -> new Connection(End.DESTINATION, true);
            case NETWORK + "DynamicMetadataInput" ->
                metadata(PackedReader.unpack(any, DynamicMetadataInput.parser(), at));
            case NETWORK + "FilterStateInput" -> {
                var state = PackedReader.unpack(any, FilterStateInput.parser(), at);
                yield state == null ? null : new Input.State(state.getKey());
            }
            default -> {
                at.problem("typed_config", PackedReader.type(any), "Weir does not know this input of a matcher yet",
                        "use HttpRequestHeaderMatchInput, HttpRequestQueryParamMatchInput, SourceIPInput,"
                                + " DirectSourceIPInput, DestinationIPInput, SourcePortInput, DestinationPortInput,"
                                + " DynamicMetadataInput or FilterStateInput");
                yield null;
            }
        };
    }

    private static @Nullable Input metadata(@Nullable DynamicMetadataInput message) {
        return message == null
                ? null
                : new Input.Metadata(new MetadataPath(message.getFilter(),
                        message.getPathList().stream().map(DynamicMetadataInput.PathSegment::getKey).toList()));
    }

    private static @Nullable Input header(@Nullable HttpRequestHeaderMatchInput message, ReadContext at) {
        if (message == null) {
            return null;
        }
        if (!HeaderEdits.isName(message.getHeaderName(), true)) {
            at.problem("typed_config.header_name", message.getHeaderName(), "not a header name",
                    "use letters, digits and hyphens, or :method, :path, :authority, :scheme");
            return null;
        }
        return new Input.Header(HeadField.of(message.getHeaderName()));
    }
}
